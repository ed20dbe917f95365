package webpage

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"net/http"
	"path"
	"time"
)

//go:embed static
var static embed.FS

// policy is the Content-Security-Policy of the page. The page may load only its
// own files and call only its own server. Scripts must not turn text into
// markup.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// Patterns returns the routes of Handler, in the syntax of http.ServeMux.
func Patterns() []string { return []string{"GET /{$}", "GET /page/{file}"} }

// file is a file of the page.
type file struct {
	name    string // name with the extension, which decides the Content-Type
	content []byte
	etag    string
}

// Handler serves the page at / and its files below /page/. Browsers keep the
// files and ask each time whether they have changed, so that page and server
// always have the same version.
func Handler() http.Handler {
	entries, _ := static.ReadDir("static") // embedded, so it cannot fail
	files := make(map[string]file, len(entries))
	for _, e := range entries {
		content, _ := static.ReadFile(path.Join("static", e.Name())) // embedded, too
		sum := sha256.Sum256(content)
		files[e.Name()] = file{e.Name(), content, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("file")
		if r.URL.Path == "/" {
			name = "index.html"
		}
		f, ok := files[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", f.etag)
		if kind := kinds()[path.Ext(f.name)]; kind != "" { // http.ServeContent would use the system's table of types, which may be wrong for .js
			h.Set("Content-Type", kind)
		}
		http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(f.content))
	})
}

func kinds() map[string]string {
	return map[string]string{
		".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	}
}
