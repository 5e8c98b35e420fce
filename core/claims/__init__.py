"""Claims (保証金の請求) after a default: made by the obligee, determined line by line and paid by the surety."""
