"""Checks that TensorBoard reads and shows what aelog writes; `records` alone needs no TensorBoard."""
