package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"

	"selfrag/serve"
)

// The width of a picture of a page, in pixels.
const (
	minPageWidth   = 100
	maxPageWidth   = 2000
	usualPageWidth = 1200
)

// getPage answers with a picture of a page of a document.
func (s *Server) getPage(x *exchange) error {
	if err := onlyParams(x, "width"); err != nil {
		return err
	}
	page, err := pageNumber(x)
	if err != nil {
		return err
	}
	width, err := number(x, "width", usualPageWidth)
	if err != nil {
		return err
	}
	if width < minPageWidth || width > maxPageWidth {
		return serve.Wrong("width", "width must be from %d to %d", minPageWidth, maxPageWidth)
	}
	id := x.r.PathValue("source")
	record, err := x.scope.DocumentRecord(x.ctx(), x.collection, id)
	if err != nil {
		return err
	}
	// A browser keeps the picture but asks each time, so that the key is checked. The
	// picture stays the same as long as the document, whose id is the hash of its file.
	h := x.w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", pageTag(record.ID, page, width))
	if x.r.Header.Get("If-None-Match") == h.Get("ETag") {
		x.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	png, err := x.scope.PagePicture(x.ctx(), x.collection, id, page, width)
	if err != nil {
		h.Del("ETag")
		h.Set("Cache-Control", "no-store")
		return err
	}
	h.Set("Content-Type", "image/png")
	h.Set("Content-Length", strconv.Itoa(len(png)))
	x.w.WriteHeader(http.StatusOK)
	_, _ = x.w.Write(png) // an error means that the client is gone
	return nil
}

// pageTag returns the ETag of a picture. The 1 stands for the way in which pictures
// are drawn.
func pageTag(document string, page, width int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "1 %s %d %d", document, page, width))
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// getPageMarks answers with the places of a span of a document on a page.
func (s *Server) getPageMarks(x *exchange) error {
	if err := onlyParams(x, "start", "end"); err != nil {
		return err
	}
	page, err := pageNumber(x)
	if err != nil {
		return err
	}
	start, end, err := span(x)
	if err != nil {
		return err
	}
	marks, err := x.scope.PageMarks(x.ctx(), x.collection, x.r.PathValue("source"), page, start, end)
	if err != nil {
		return err
	}
	return writeJSON(x, http.StatusOK, marks)
}

// pageNumber returns the number of the page in the path.
func pageNumber(x *exchange) (int, error) {
	n, err := strconv.Atoi(x.r.PathValue("page"))
	if err != nil || n < 1 || n > mostNumber {
		return 0, serve.Wrong("page", "the page must be a whole number from 1 to %d", mostNumber)
	}
	return n, nil
}
