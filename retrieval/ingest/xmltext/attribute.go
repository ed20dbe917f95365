package xmltext

import (
	"encoding/xml"
	"strconv"
)

// Attribute returns the value of the attribute with that name, in any namespace, or
// "" if the element has none.
func Attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// IsOn reports whether a boolean property of Office Open XML with that value is on.
// It is on unless the value is "0", "false" or "off"; the empty value means on.
func IsOn(val string) bool { return val != "0" && val != "false" && val != "off" }

// Int returns the number that a text holds, or 0 if it holds none.
func Int(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
