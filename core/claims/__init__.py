"""Claims (保証金の請求) after a default: made, examined, paid."""
