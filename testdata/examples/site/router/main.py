print("routes requests")
