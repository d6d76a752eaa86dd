"""What the tools that diagnose, summarise and follow runs must answer, worked out with numpy and scipy."""
