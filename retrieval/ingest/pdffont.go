package ingest

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"
)

// pdfGlyph is what a code shows: text, empty if the font does not tell, and
// its width in thousandths of the size.
type pdfGlyph struct {
	text  string
	width float64
}

// pdfFont maps codes to text (ISO 32000-1, 9.10).
type pdfFont struct {
	toUnicode map[string]string // by code, from the font's own map
	composite bool
	utf16     bool        // codes are UTF-16
	korean    bool        // codes are CP949
	simple    [256]string // text of a one-byte code
	widths    map[int]float64
	width     float64 // of other codes
}

// next decodes the first code of a string and tells how long it is.
func (f *pdfFont) next(codes string) (pdfGlyph, int) {
	n := 1
	switch {
	case f.korean && codes[0] < 0x81:
	case f.composite:
		n = min(2, len(codes))
	}
	code := codes[:n]
	number := 0
	for i := range n {
		number = number<<8 | int(code[i])
	}
	g := pdfGlyph{width: f.width}
	if w, ok := f.widths[number]; ok {
		g.width = w
	}
	text, ok := f.toUnicode[code]
	switch {
	case ok:
	case f.utf16 && n == 2:
		text = string(utf16.Decode([]uint16{uint16(number)}))
	case f.korean:
		text, _ = korean.EUCKR.NewDecoder().String(code)
	case !f.composite:
		text = f.simple[code[0]]
	}
	g.text = text
	return g, n
}

const (
	maxFonts = 64 // of a page that are kept
	// maxWidths is how many widths of a font are read: those of all codes that
	// two bytes can say, and some twice.
	maxWidths = 4 << 16
)

// font loads a font of the resources; nil if there is none.
func (p *pdfPage) font(name string, resources types.Dict) *pdfFont {
	o := p.dict(resources["Font"])[name]
	reference, shared := o.(types.IndirectRef)
	if f := p.fonts[reference]; shared && f != nil {
		return f
	}
	d := p.dict(o)
	if d == nil {
		return nil
	}
	f := &pdfFont{widths: map[int]float64{}, width: 500}
	if code := p.stream(d["ToUnicode"]); code != nil {
		f.toUnicode = parseCMap(p.ctx, code)
	}
	if p.name(d["Subtype"]) == "Type0" {
		p.compositeFont(f, d)
	} else {
		p.simpleFont(f, d)
	}
	if shared {
		if p.fonts == nil || len(p.fonts) == maxFonts {
			p.fonts = map[types.IndirectRef]*pdfFont{}
		}
		p.fonts[reference] = f
	}
	return f
}

func (p *pdfPage) compositeFont(f *pdfFont, d types.Dict) {
	f.composite = true
	f.width = 1000
	encoding := p.name(d["Encoding"])
	f.utf16 = strings.Contains(encoding, "UCS2") || strings.Contains(encoding, "UTF16")
	f.korean = strings.HasPrefix(encoding, "KSC")
	below := p.array(d["DescendantFonts"])
	if len(below) == 0 {
		return
	}
	descendant := p.dict(below[0])
	if w, ok := descendant["DW"]; ok {
		f.width = p.number(w)
	}
	if !strings.HasPrefix(encoding, "Identity") {
		return // widths are by glyph, not by code
	}
	p.compositeWidths(f, p.array(descendant["W"]))
}

// compositeWidths reads: c [w1 w2 ...], or first last w.
func (p *pdfPage) compositeWidths(f *pdfFont, w types.Array) {
	steps := 0
	set := func(code int, width float64) bool {
		if steps++; code < 0 || code > 0xffff || steps > maxWidths {
			return false
		}
		f.widths[code] = width
		return true
	}
	for i := 0; i+1 < len(w) && steps <= maxWidths && !p.late(); steps++ {
		first := int(p.number(w[i]))
		if list := p.array(w[i+1]); list != nil {
			for j, o := range list {
				if !set(first+j, p.number(o)) {
					break
				}
			}
			i += 2
			continue
		}
		if i+2 >= len(w) {
			return
		}
		last, width := int(p.number(w[i+1])), p.number(w[i+2])
		for c := max(first, 0); c <= last; c++ {
			if !set(c, width) {
				break
			}
		}
		i += 3
	}
}

func (p *pdfPage) simpleFont(f *pdfFont, d types.Dict) {
	first := int(p.number(d["FirstChar"]))
	for i, o := range p.array(d["Widths"]) {
		if i == len(f.simple) { // there are no more codes
			break
		}
		f.widths[first+i] = p.number(o)
	}
	base := p.name(d["Encoding"])
	differences := p.dict(d["Encoding"])
	if differences != nil {
		base = p.name(differences["BaseEncoding"])
	}
	// The standard encoding is that of Windows where texts use it.
	var table encoding.Encoding = charmap.Windows1252
	if base == "MacRomanEncoding" {
		table = charmap.Macintosh
	}
	decoder := table.NewDecoder()
	for c := range f.simple {
		if s, err := decoder.String(string([]byte{byte(c)})); err == nil && c >= ' ' {
			f.simple[c] = s
		}
	}
	at := 0
	for _, o := range p.array(differences["Differences"]) {
		if p.late() {
			return
		}
		if name := p.name(o); name != "" {
			if at >= 0 && at < len(f.simple) {
				f.simple[at] = glyphText(name)
			}
			at++
		} else {
			at = int(p.number(o))
		}
	}
}

// glyphText is the text of a glyph by its name (Adobe Glyph List, as far as
// names of Latin texts go); empty if the name does not tell.
func glyphText(name string) string {
	name, _, _ = strings.Cut(name, ".")
	if utf8.RuneCountInString(name) == 1 {
		return name
	}
	for _, prefix := range []string{"uni", "u"} {
		if digits, ok := strings.CutPrefix(name, prefix); ok && len(digits) >= 4 && len(digits) <= 6 {
			if n, err := strconv.ParseUint(digits, 16, 32); err == nil && utf8.ValidRune(rune(n)) {
				return string(rune(n))
			}
		}
	}
	const names = `space   exclam ! quotedbl " numbersign # dollar $ percent % ampersand & quotesingle ' parenleft ( parenright )
asterisk * plus + comma , hyphen - minus − period . slash / zero 0 one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9
colon : semicolon ; less < equal = greater > question ? at @ bracketleft [ backslash \ bracketright ] asciicircum ^ underscore _
grave ` + "`" + ` braceleft { bar | braceright } asciitilde ~ quoteleft ‘ quoteright ’ quotedblleft “ quotedblright ” quotesinglbase ‚
quotedblbase „ endash – emdash — bullet • ellipsis … fi fi fl fl ff ff ffi ffi ffl ffl dagger † daggerdbl ‡ section § paragraph ¶
degree ° plusminus ± multiply × divide ÷ copyright © registered ® trademark ™ Euro € sterling £ yen ¥ cent ¢ germandbls ß ae æ AE Æ
oe œ OE Œ oslash ø Oslash Ø aring å Aring Å adieresis ä Adieresis Ä odieresis ö Odieresis Ö udieresis ü Udieresis Ü eacute é
Eacute É egrave è agrave à aacute á acircumflex â ecircumflex ê icircumflex î ocircumflex ô ucircumflex û iacute í oacute ó uacute ú
ntilde ñ Ntilde Ñ ccedilla ç Ccedilla Ç idieresis ï edieresis ë nbspace   periodcentered · middot · guillemotleft « guillemotright »`
	if name == "space" || name == "nbspace" {
		return " "
	}
	fields := strings.Fields(names)
	for i := 0; i+1 < len(fields); i++ {
		if fields[i] == name {
			return fields[i+1]
		}
	}
	return ""
}
