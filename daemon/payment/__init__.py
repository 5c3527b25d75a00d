"""Fees, the payment code, and matching what the bank reports."""
