// C-level target
