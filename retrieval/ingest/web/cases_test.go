package web

import (
	"encoding/binary"
	"strings"
	"testing"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/filetest"
)

// Each case is a fault that was reported of some reader: what must be in the
// text, what must not, and what must be told.
func TestNothingLostNothingSilent(t *testing.T) {
	const xhtmlPage = `<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">`
	for name, tc := range map[string]struct {
		of                 content.Reader
		raw                string
		holds, lacks, told []string
	}{
		"a title without an end":        {EPUB, bookOfPages(t, "", xhtmlPage+`<head><title/></head><body><p>A berth costs 42 pounds.</p></body></html>`), []string{"42 pounds"}, nil, nil},
		"such a page alone":             {XHTML, xhtmlPage + `<head><title/></head><body><p>요금은 42파운드</p></body></html>`, []string{"요금은 42파운드"}, nil, nil},
		"and saved as HTML":             {HTML, xhtmlPage + `<head><script src="x.js"/><title/></head><body><p>42 pounds</p></body></html>`, []string{"42 pounds"}, nil, nil},
		"a page that is not there":      {EPUB, bookOfPages(t, "gone.xhtml", xhtmlPage+`<body><p>lit at dusk</p></body></html>`), []string{"lit at dusk"}, nil, []string{"OPS/gone.xhtml"}},
		"a page in EUC-KR":              {EPUB, bookOfPages(t, "", filetest.CP949(t, `<?xml version="1.0" encoding="euc-kr"?><html><body><p>등대는 해 질 녘에 켜진다.</p></body></html>`)), []string{"등대는 해"}, nil, nil},
		"a page in UTF-16":              {EPUB, bookOfPages(t, "", "\xff\xfe"+filetest.UTF16(binary.LittleEndian, `<?xml version="1.0" encoding="utf-16"?><html><body><p>등대는</p></body></html>`)), []string{"등대는"}, nil, nil},
		"a footnote that stands aside":  {HTML, filetest.Page(`<main><h1>Leave</h1><p>Expires in March.</p><aside role="doc-footnote"><p>Except in Bristol.</p></aside></main>`), []string{"Except in Bristol"}, nil, nil},
		"a tip that stands aside":       {HTML, filetest.Page(`<article><p>Text.</p><aside><p>본사만 해당한다.</p></aside></article>`), []string{"본사만 해당한다"}, nil, nil},
		"links that stand aside":        {HTML, filetest.Page(`<article><p>Text.</p><aside>See <a>All our other pages</a><a>And more</a></aside></article>`), []string{"Text."}, []string{"other pages"}, nil},
		"questions in buttons":          {HTML, filetest.Page(`<main><h2><button>How do I cancel?</button></h2><p>Write.</p><button aria-expanded="false">잃어버리면?</button><p>다시 발급</p><button>Share</button></main>`), []string{"How do I cancel?", "잃어버리면?"}, []string{"Share"}, nil},
		"a page in a form":              {HTML, filetest.Page(`<form><input type="hidden" name="__VIEWSTATE"><div><h3>Opening hours</h3><table><tr><td>Monday</td><td>9 to 17</td></tr></table></div></form>`), []string{"Monday | 9 to 17"}, nil, nil},
		"articles that are comments":    {HTML, filetest.Page(`<div><h1>Refunds</h1><p>Paid within 14 days.</p></div><div id="c"><article><p>Thanks!</p></article></div>`), []string{"14 days"}, nil, nil},
		"comments longer than the page": {HTML, filetest.Page(`<div><p>14일 이내</p></div><section class="comments"><article><p>` + strings.Repeat("고맙습니다 ", 30) + `</p></article></section>`), []string{"14일 이내"}, nil, nil},
		"most of a page left out":       {HTML, filetest.Page(`<nav>` + strings.Repeat("<a>menu item</a>", 30) + `</nav><p>text</p>`), []string{"text"}, []string{"menu"}, []string{"% of the page"}},
		"cells over rows":               {HTML, filetest.Page(`<table><tr><th>Grade<th>Item<th>Limit<tr><td rowspan=2>Staff<td>Hotel<td>1<tr><td>Meal<td>2<tr><td rowspan=2>Manager<td>Hotel<td>3<tr><td>Meal<td>4</table>`), []string{"Staff | Meal | 2", "Manager | Hotel | 3", "Manager | Meal | 4"}, nil, nil},
		"cells over columns":            {HTML, filetest.Page(`<table><tr><th>구분<th colspan=2>한도<tr><td>부산<td>5<td>6<tr><td colspan=3>제주는 따로 정한다</table>`), []string{"구분 | 한도 | 한도", "\n제주는 따로 정한다"}, nil, nil},
		"an empty cell":                 {HTML, filetest.Page(`<table><tr><th>City<th>Hotel<th>Meal<tr><td>Jeju<td><td>28,000</table>`), []string{"Jeju |  | 28,000"}, nil, nil},
		"a power":                       {HTML, filetest.Page(`<p>10<sup>3</sup> m<sup>2</sup></p>`), []string{"10^3 m2"}, nil, nil},
		"soft hyphens":                  {HTML, filetest.Page(`<p>elec&shy;tro&shy;gram 개인&#x200b;정보</p>`), []string{"electrogram 개인정보"}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) { filetest.CheckTexts(t, tc.of, tc.raw, tc.holds, tc.lacks, tc.told) })
	}
}

// Who stops a run waits for no file.
func TestReadingStopsWithTheContext(t *testing.T) {
	for name, tc := range map[string]struct {
		of  content.Reader
		raw []byte
	}{
		"HTML": {HTML, []byte("<p>text")},
		"EPUB": {EPUB, BookFile(t)},
	} {
		t.Run(name, func(t *testing.T) { filetest.CheckStops(t, tc.of, tc.raw) })
	}
}

// A small file that unpacks to much, or names much, is refused.
func TestBombsAreRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		of  content.Reader
		raw []byte
	}{
		"EPUB":                     {EPUB, filetest.BombIn(t, []byte(bookOfPages(t, "", "<html><body><p>MARK</p></body></html>")), "OPS/a.xhtml", "MARK", "text ", filetest.BombUnpacked)},
		"a page of spanning cells": {HTML, []byte("<table>" + strings.Repeat("<tr><td rowspan=65534 colspan=1000>"+strings.Repeat("x", 150)+"<td>y", 3000) + "</table>")},
	} {
		t.Run(name, func(t *testing.T) { filetest.CheckBomb(t, tc.of, tc.raw) })
	}
}
