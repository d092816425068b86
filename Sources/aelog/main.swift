print("aelog")
