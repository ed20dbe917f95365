package ingest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// epub extracts a book (EPUB 2 and 3): the pages of its spine, in their order,
// each as a page of XHTML is. A page that is not there or cannot be read is
// told, and the others are read.
func epub(ctx context.Context, raw []byte, maxBytes int64) (content, error) {
	a, err := openArchive(raw, maxBytes)
	if err != nil {
		return content{}, err
	}
	book, err := bookOf(a)
	if err != nil {
		return content{}, err
	}
	encrypted, err := encryptedParts(a)
	if err != nil {
		return content{}, err
	}
	var c content
	var out textBuilder
	var broken error
	for _, name := range book.pages {
		// A spine can name a page, even an empty one, without end.
		if ctx.Err() != nil {
			return content{}, context.Cause(ctx)
		}
		if encrypted[name] {
			return content{}, errEncrypted
		}
		chapter, err := bookPage(ctx, a, name, maxBytes)
		if ctx.Err() != nil {
			return content{}, context.Cause(ctx)
		}
		if errors.Is(err, errTooLarge) || errors.Is(err, errEncrypted) {
			return content{}, fmt.Errorf("%s: %w", name, err)
		}
		if err != nil {
			broken = err
			c.warn("%s is left out: %v", name, err)
			continue
		}
		for _, w := range chapter.warnings {
			c.warn("%s: %s", name, w)
		}
		out.append(&c, chapter)
	}
	if out.Len() == 0 && broken != nil {
		return content{}, broken
	}
	c.text, c.title = out.String(), book.title
	return c, nil
}

// append writes a part of a document after an empty line, with what is known
// of its text.
func (b *textBuilder) append(c *content, part content) {
	if strings.TrimSpace(part.text) == "" {
		return
	}
	if b.Len() > 0 {
		b.write("\n\n")
	}
	for _, h := range part.headings {
		h.start += b.runes
		c.headings = append(c.headings, h)
	}
	for _, h := range part.hidden {
		c.hidden = append(c.hidden, span{h.start + b.runes, h.end + b.runes})
	}
	for _, l := range part.leads {
		l.start, l.end = l.start+b.runes, l.end+b.runes
		c.leads = append(c.leads, l)
	}
	b.write(part.text)
}

func bookPage(ctx context.Context, a *archive, name string, maxBytes int64) (content, error) {
	part, err := a.read(name)
	if err != nil {
		return content{}, err
	}
	return xhtml(ctx, part, maxBytes)
}

// book is what the package file of an EPUB names.
type book struct {
	title string
	pages []string // parts, in their order
}

func bookOf(a *archive) (book, error) {
	var container struct {
		Roots []struct {
			Path string `xml:"full-path,attr"`
		} `xml:"rootfiles>rootfile"`
	}
	if err := a.decodeXML("META-INF/container.xml", &container); err != nil {
		return book{}, err
	}
	if len(container.Roots) == 0 {
		return book{}, fmt.Errorf("%w: it names no package", errDamaged)
	}
	root := container.Roots[0].Path
	var read struct {
		Title []string `xml:"metadata>title"`
		Items []struct {
			ID   string `xml:"id,attr"`
			Href string `xml:"href,attr"`
			Type string `xml:"media-type,attr"`
			Is   string `xml:"properties,attr"`
		} `xml:"manifest>item"`
		Spine []struct {
			ID string `xml:"idref,attr"`
		} `xml:"spine>itemref"`
	}
	if err := a.decodeXML(root, &read); err != nil {
		return book{}, err
	}
	hrefs := map[string]string{}
	for _, item := range read.Items {
		isContents := slices.Contains(strings.Fields(item.Is), "nav") // a table of contents
		if !isContents && (item.Type == "application/xhtml+xml" || item.Type == "text/html") {
			hrefs[item.ID] = item.Href
		}
	}
	var b book
	for _, item := range read.Spine {
		href, ok := hrefs[item.ID]
		if !ok {
			continue
		}
		if unescaped, err := url.PathUnescape(href); err == nil {
			href = unescaped
		}
		b.pages = append(b.pages, below(root, href))
	}
	if len(read.Title) > 0 {
		b.title = named(read.Title[0])
	}
	return b, nil
}

// encryptedParts are those under digital rights management. Fonts often are
// without the text being so.
func encryptedParts(a *archive) (map[string]bool, error) {
	const name = "META-INF/encryption.xml"
	if !a.has(name) {
		return nil, nil
	}
	var encryption struct {
		Data []struct {
			Reference struct {
				URI string `xml:"URI,attr"`
			} `xml:"CipherData>CipherReference"`
		} `xml:"EncryptedData"`
	}
	if err := a.decodeXML(name, &encryption); err != nil {
		return nil, err
	}
	parts := map[string]bool{}
	for _, d := range encryption.Data {
		parts[strings.TrimPrefix(d.Reference.URI, "/")] = true
	}
	return parts, nil
}
