package database

// Share makes writes share transactions, at most so many one. It is for the
// benchmark that compares.
func (db *DB) Share(most int) {
	if db.group != nil {
		db.group.close()
	}
	db.group = newGroup(db.Writer, most)
}
