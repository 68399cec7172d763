package landfall.lib.violation

at(path, message) := {"path": path, "message": message}
