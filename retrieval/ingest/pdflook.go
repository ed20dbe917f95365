package ingest

// pdfLook is the part of the graphics state that tells whether text can be
// seen (ISO 32000-1, 8.6 and 9.3.6).
type pdfLook struct {
	render int  // the text rendering mode
	white  bool // the colour that fills
}

const renderNothing = 3 // a text rendering mode

// operate runs an operator that changes the look. White is told in the colour
// spaces of devices, and as three components that all are 1; other white is
// not known.
func (l *pdfLook) operate(operator string, args []pdfToken) {
	all := func(n int, value float64) bool {
		if len(args) != n {
			return false
		}
		for _, a := range args {
			if a.kind != 'n' || a.number != value {
				return false
			}
		}
		return true
	}
	switch operator {
	case "Tr":
		if n := len(args); n > 0 {
			l.render = int(args[n-1].number)
		}
	case "g":
		l.white = all(1, 1)
	case "rg", "sc", "scn":
		l.white = all(3, 1)
	case "k":
		l.white = all(4, 0)
	case "cs":
		l.white = false
	}
}

// paints tells whether an operator paints what white text can be read on.
func (l *pdfLook) paints(operator string) bool {
	switch operator {
	case "f", "F", "f*", "B", "B*", "b", "b*":
		return !l.white
	case "sh":
		return true
	}
	return false
}

// unseen tells whether readers do not see the text: it is written without
// being drawn, as it is below the picture of a scan, or white on a page that
// nothing was painted on. Where on the page it was is not looked at.
func (l *pdfLook) unseen(painted bool) bool {
	return l.render == renderNothing || l.white && !painted && l.render == 0
}
