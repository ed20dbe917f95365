package ingest

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// epub extracts a book (EPUB 2 and 3): the pages of its spine, in their order,
// each as a page of HTML is.
func epub(ctx context.Context, raw []byte, maxBytes int64) (content, error) {
	a, err := openArchive(raw, maxBytes)
	if err != nil {
		return content{}, err
	}
	var container struct {
		Roots []struct {
			Path string `xml:"full-path,attr"`
		} `xml:"rootfiles>rootfile"`
	}
	if err := a.decodeXML("META-INF/container.xml", &container); err != nil {
		return content{}, err
	}
	if len(container.Roots) == 0 {
		return content{}, fmt.Errorf("%w: it names no package", errDamaged)
	}
	root := container.Roots[0].Path
	var book struct {
		Title []string `xml:"metadata>title"`
		Items []struct {
			ID   string `xml:"id,attr"`
			Href string `xml:"href,attr"`
			Type string `xml:"media-type,attr"`
		} `xml:"manifest>item"`
		Spine []struct {
			ID string `xml:"idref,attr"`
		} `xml:"spine>itemref"`
	}
	if err := a.decodeXML(root, &book); err != nil {
		return content{}, err
	}
	encrypted, err := encryptedParts(a)
	if err != nil {
		return content{}, err
	}
	hrefs := map[string]string{}
	for _, item := range book.Items {
		if item.Type == "application/xhtml+xml" || item.Type == "text/html" {
			hrefs[item.ID] = item.Href
		}
	}
	var c content
	var out textBuilder
	for _, item := range book.Spine {
		// A spine can name a page, even an empty one, without end.
		if ctx.Err() != nil {
			return content{}, context.Cause(ctx)
		}
		href, ok := hrefs[item.ID]
		if !ok {
			continue
		}
		if unescaped, err := url.PathUnescape(href); err == nil {
			href = unescaped
		}
		name := below(root, href)
		if encrypted[name] {
			return content{}, errEncrypted
		}
		part, err := a.read(name)
		if err != nil {
			return content{}, err
		}
		chapter, err := html(ctx, part, maxBytes)
		if err != nil {
			return content{}, fmt.Errorf("%s: %w", name, err)
		}
		if strings.TrimSpace(chapter.text) == "" {
			continue
		}
		if out.Len() > 0 {
			out.write("\n\n")
		}
		for _, h := range chapter.headings {
			h.start += out.runes
			c.headings = append(c.headings, h)
		}
		for _, h := range chapter.hidden {
			c.hidden = append(c.hidden, span{h.start + out.runes, h.end + out.runes})
		}
		out.write(chapter.text)
	}
	c.text = out.String()
	if len(book.Title) > 0 {
		c.title = named(book.Title[0])
	}
	return c, nil
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
