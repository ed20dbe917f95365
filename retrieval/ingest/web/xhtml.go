package web

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/xmltext"
)

// isXHTML reports whether a page says that it is XML. It must not be parsed as
// HTML then, because HTML takes <title/> for the beginning of a title, which would
// run to the end of the page.
func isXHTML(raw []byte) bool {
	head := raw[:min(len(raw), 4096)]
	return bytes.HasPrefix(bytes.TrimSpace(head), []byte("<?xml")) || bytes.Contains(head, []byte(`"http://www.w3.org/1999/xhtml"`))
}

// maxXMLDepth is the maximum depth of nested elements. The parser of HTML has such
// a limit, too.
const maxXMLDepth = 512

// parseXHTML parses a page by the rules of XML into a tree like that of the parser
// of HTML. A page that is not well-formed is an error.
func parseXHTML(raw []byte) (*nethtml.Node, error) {
	d, err := xmltext.NewDecoder(raw)
	if err != nil {
		return nil, err
	}
	root := &nethtml.Node{Type: nethtml.DocumentNode}
	at, depth := root, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if root.FirstChild == nil {
				return nil, io.ErrUnexpectedEOF
			}
			return root, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxXMLDepth {
				return nil, errors.New("its elements are nested too deep")
			}
			n := &nethtml.Node{Type: nethtml.ElementNode, Data: t.Name.Local, Namespace: namespaceOf(t.Name.Space)}
			n.DataAtom = atom.Lookup([]byte(n.Data))
			for _, a := range t.Attr {
				n.Attr = append(n.Attr, nethtml.Attribute{Key: a.Name.Local, Val: a.Value})
			}
			at.AppendChild(n)
			at = n
		case xml.EndElement:
			at, depth = at.Parent, depth-1
		case xml.CharData:
			if at != root {
				at.AppendChild(&nethtml.Node{Type: nethtml.TextNode, Data: content.NormaliseNewlines(string(t))})
			}
		}
	}
}

// namespaceOf returns the name that the parser of HTML uses for a namespace.
func namespaceOf(space string) string {
	switch {
	case strings.HasSuffix(space, "/svg"):
		return "svg"
	case strings.HasSuffix(space, "/MathML"):
		return "math"
	}
	return ""
}
