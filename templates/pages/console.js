// Nicer where scripts run; everything works without.
