package web

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
)

// EPUB reads a book (EPUB 2 and 3): the pages of its spine in order, each as XHTML
// reads it. A page that is missing or cannot be read is left out with a warning.
func EPUB(ctx context.Context, raw []byte, maxBytes int64) (content.Content, error) {
	a, err := archive.Open(raw, maxBytes)
	if err != nil {
		return content.Content{}, err
	}
	book, err := bookOf(a)
	if err != nil {
		return content.Content{}, err
	}
	encrypted, err := encryptedParts(a)
	if err != nil {
		return content.Content{}, err
	}
	var c content.Content
	var out content.Builder
	var broken error
	for _, name := range book.pages {
		// A spine can name the same page, even an empty one, any number of times.
		if ctx.Err() != nil {
			return content.Content{}, context.Cause(ctx)
		}
		if encrypted[name] {
			return content.Content{}, content.ErrEncrypted
		}
		chapter, err := bookPage(ctx, a, name, maxBytes)
		if ctx.Err() != nil {
			return content.Content{}, context.Cause(ctx)
		}
		if errors.Is(err, content.ErrTooLarge) || errors.Is(err, content.ErrEncrypted) {
			return content.Content{}, fmt.Errorf("%s: %w", name, err)
		}
		if err != nil {
			broken = err
			c.Warn("%s is left out: %v", name, err)
			continue
		}
		for _, w := range chapter.Warnings {
			c.Warn("%s: %s", name, w)
		}
		out.Append(&c, chapter)
	}
	if out.Len() == 0 && broken != nil {
		return content.Content{}, broken
	}
	c.Text, c.Title = out.String(), book.title
	return c, nil
}

func bookPage(ctx context.Context, a *archive.Archive, name string, maxBytes int64) (content.Content, error) {
	part, err := a.Read(name)
	if err != nil {
		return content.Content{}, err
	}
	return XHTML(ctx, part, maxBytes)
}

// book holds the title and the pages that the package file of an EPUB names.
type book struct {
	title string
	pages []string // names of parts, in order
}

func bookOf(a *archive.Archive) (book, error) {
	var container struct {
		Roots []struct {
			Path string `xml:"full-path,attr"`
		} `xml:"rootfiles>rootfile"`
	}
	if err := a.DecodeXML("META-INF/container.xml", &container); err != nil {
		return book{}, err
	}
	if len(container.Roots) == 0 {
		return book{}, fmt.Errorf("%w: it names no package", content.ErrDamaged)
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
	if err := a.DecodeXML(root, &read); err != nil {
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
		b.pages = append(b.pages, archive.Below(root, href))
	}
	if len(read.Title) > 0 {
		b.title = content.Name(read.Title[0])
	}
	return b, nil
}

// encryptedParts returns the names of the parts under digital rights management.
// Fonts often are encrypted although the text is not.
func encryptedParts(a *archive.Archive) (map[string]bool, error) {
	const name = "META-INF/encryption.xml"
	if !a.Has(name) {
		return nil, nil
	}
	var encryption struct {
		Data []struct {
			Reference struct {
				URI string `xml:"URI,attr"`
			} `xml:"CipherData>CipherReference"`
		} `xml:"EncryptedData"`
	}
	if err := a.DecodeXML(name, &encryption); err != nil {
		return nil, err
	}
	parts := map[string]bool{}
	for _, d := range encryption.Data {
		parts[strings.TrimPrefix(d.Reference.URI, "/")] = true
	}
	return parts, nil
}
