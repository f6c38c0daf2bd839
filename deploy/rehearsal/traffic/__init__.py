"""What the practice bank's customers see: a pure, seeded model of requests, queues and brokers."""
