print("rowan")
