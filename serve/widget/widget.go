// Package widget serves a script that adds a field for questions to the pages of
// other web sites. The script needs a key that may only ask questions, because
// everybody who can read such a page can read the key in it.
package widget

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the script
	"encoding/base64"
	"net/http"
	"time"
)

//go:embed widget.js
var script []byte

// Pattern is the route of Handler, in the syntax of http.ServeMux.
const Pattern = "GET /widget.js"

// Handler serves the script. Browsers keep it and ask each time whether it has
// changed.
func Handler() http.Handler {
	sum := sha256.Sum256(script)
	etag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/javascript; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", etag)
		// Pages of any site may load the script. Its key decides what it can do.
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Access-Control-Allow-Origin", "*")
		http.ServeContent(w, r, "widget.js", time.Time{}, bytes.NewReader(script))
	})
}
