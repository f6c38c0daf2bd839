"""The practice platform: what stands on the cluster, and the controllers that keep it standing.

Everything moves by `World.tick()`, ten times a second: each controller looks at the store and does what is
due, as level-triggered controllers do. Time is handed in, so that tests run a minute in milliseconds.
"""
