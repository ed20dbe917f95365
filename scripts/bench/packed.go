package main

import "fmt"

// What the packed kinds have in common: the relations of their parts.
const (
	officeKind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	relations  = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>`
)

func relation(id, kind, target string) string {
	return fmt.Sprintf(`<Relationship Id="%s" Type="%s%s" Target="%s"/>`, id, officeKind, kind, target)
}

func document(paragraphs []string) ([]byte, error) {
	return zipped(
		"_rels/.rels", fmt.Sprintf(relations, relation("r1", "officeDocument", "word/document.xml")),
		"word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`+
			wrapped(paragraphs, "<w:p><w:r><w:t>", "</w:t></w:r></w:p>")+`</w:body></w:document>`)
}

// slides makes a slide of every three paragraphs.
func slides(paragraphs []string) ([]byte, error) {
	var order, related string
	var parts []string
	for n := 1; len(paragraphs) > 0; n++ {
		some := paragraphs[:min(3, len(paragraphs))]
		paragraphs = paragraphs[len(some):]
		order += fmt.Sprintf(`<p:sldId id="%d" r:id="s%d"/>`, 255+n, n)
		related += relation(fmt.Sprintf("s%d", n), "slide", fmt.Sprintf("slides/slide%d.xml", n))
		parts = append(parts, fmt.Sprintf("ppt/slides/slide%d.xml", n),
			`<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:cSld><p:spTree><p:sp><p:nvSpPr><p:nvPr><p:ph type="body"/></p:nvPr></p:nvSpPr><p:txBody>`+
				wrapped(some, "<a:p><a:r><a:t>", "</a:t></a:r></a:p>")+`</p:txBody></p:sp></p:spTree></p:cSld></p:sld>`)
	}
	return zipped(append([]string{
		"_rels/.rels", fmt.Sprintf(relations, relation("r1", "officeDocument", "ppt/presentation.xml")),
		"ppt/presentation.xml", `<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><p:sldIdLst>` + order + `</p:sldIdLst></p:presentation>`,
		"ppt/_rels/presentation.xml.rels", fmt.Sprintf(relations, related),
	}, parts...)...)
}

func hangul(paragraphs []string) ([]byte, error) {
	return zipped(
		"mimetype", "application/hwp+zip",
		"META-INF/container.xml", `<container><rootfiles><rootfile full-path="Contents/content.hpf" media-type="application/hwpml-package+xml"/></rootfiles></container>`,
		"Contents/content.hpf", `<package><metadata><title/></metadata><manifest><item id="header" href="Contents/header.xml"/><item id="section0" href="Contents/section0.xml"/></manifest><spine><itemref idref="header"/><itemref idref="section0"/></spine></package>`,
		"Contents/header.xml", `<hh:head xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head"/>`,
		"Contents/section0.xml", `<hs:sec xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph">`+
			wrapped(paragraphs, "<hp:p><hp:run><hp:t>", "</hp:t></hp:run></hp:p>")+`</hs:sec>`)
}

func book(paragraphs []string) ([]byte, error) {
	return zipped(
		"mimetype", "application/epub+zip",
		"META-INF/container.xml", `<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`,
		"book.opf", `<package xmlns="http://www.idpf.org/2007/opf"><metadata><title>Report</title></metadata><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>`,
		"c.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Report</title></head><body>`+wrapped(paragraphs, "<p>", "</p>")+`</body></html>`)
}
