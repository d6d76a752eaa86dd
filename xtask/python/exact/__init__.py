"""The analysis tools' numbers beside those of pandas, numpy and scipy on the same data."""
