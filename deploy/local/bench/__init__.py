"""`make bench`: a room of viewers at one run's live stream; how soon each is told what happens."""
