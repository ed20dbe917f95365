package filetest

// Page returns an HTML page with that body.
func Page(body string) string {
	return `<!DOCTYPE html><html><head><meta charset="utf-8"><title>Page</title></head><body>` + body + `</body></html>`
}
