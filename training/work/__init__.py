"""What a worker does for runs and artifacts: an engine process, fed, watched and written down."""
