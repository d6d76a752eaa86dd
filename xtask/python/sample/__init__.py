"""Sample data for an MLflow server: one module per domain, one manifest of what they made.

Everything goes over REST with the standard library. The official client would stamp the clock and the machine
into runs, and its import alone takes longer than the whole fill.
"""
