package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Secret is a setting whose value is never shown.
type Secret string

func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "********"
}

// value converts the value of one setting from and to text. It is also the
// pflag.Value of the setting's flag.
type value struct {
	ptr any
	arg string // word for the value in the help, such as DIR; empty means the name of its type
}

// String returns the value for display. A secret is masked.
func (v value) String() string {
	if p, ok := v.ptr.(*Secret); ok {
		return p.String()
	}
	return v.text()
}

// text returns the value in the form that Set parses.
func (v value) text() string {
	switch p := v.ptr.(type) {
	case *string:
		return *p
	case *Secret:
		return string(*p)
	case *int:
		return strconv.Itoa(*p)
	case *float64:
		return strconv.FormatFloat(*p, 'g', -1, 64)
	case *time.Duration:
		return p.String()
	case *bool:
		return strconv.FormatBool(*p)
	case *List:
		return p.String()
	case *SourceList:
		return p.String()
	}
	return ""
}

// replace sets the value to the value of a text and discards the old one. Set, in
// contrast, adds to a list.
func (v value) replace(text string) error {
	if p, ok := v.ptr.(*List); ok {
		*p = nil
	}
	return v.Set(text)
}

func (v value) Set(text string) (err error) {
	switch p := v.ptr.(type) {
	case *string:
		*p = text
	case *Secret:
		*p = Secret(strings.TrimSpace(text)) // a line break at the end of a copied key is not a part of it
	case *int:
		if *p, err = strconv.Atoi(text); err != nil {
			err = fmt.Errorf("%q is not a whole number", text)
		}
	case *float64:
		if *p, err = strconv.ParseFloat(text, 64); err != nil {
			err = fmt.Errorf("%q is not a number", text)
		}
	case *time.Duration:
		if *p, err = time.ParseDuration(text); err != nil {
			err = fmt.Errorf("%q is not a duration such as 30s or 5m", text)
		}
	case *bool:
		if *p, err = strconv.ParseBool(text); err != nil {
			err = fmt.Errorf("%q is not true or false", text)
		}
	case *List:
		p.add(text)
	case *SourceList:
		err = p.set(text)
	}
	return err
}

// Type returns the word for the value in the help.
func (v value) Type() string {
	if v.arg != "" {
		return v.arg
	}
	switch v.ptr.(type) {
	case *int:
		return "N"
	case *float64:
		return "P"
	case *time.Duration:
		return "DURATION"
	case *bool:
		return "true|false"
	case *List:
		return "TEXT"
	case *SourceList:
		return "LIST"
	}
	return "NAME"
}
