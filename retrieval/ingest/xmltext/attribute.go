package xmltext

import (
	"encoding/xml"
	"strconv"
)

// Attribute returns the attribute of an element that has that name in whichever
// namespace, or an empty text.
func Attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// IsOn reports whether a switch of Office Open XML is on: it is, unless its value
// says otherwise.
func IsOn(val string) bool { return val != "0" && val != "false" && val != "off" }

// Int returns a number, or 0 if the text is none.
func Int(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
