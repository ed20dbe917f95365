package ingest

import "errors"

// DecodeText returns a text in UTF-8, UTF-16, CP949, EUC-KR or ISO-2022-KR as
// valid UTF-8, without a byte order mark. Unlike a document, it must not have a
// byte that is damaged.
func DecodeText(raw []byte) (string, error) {
	text, warnings, err := decode(raw)
	if err == nil && len(warnings) > 0 {
		err = errors.New(warnings[0])
	}
	if err != nil {
		return "", err
	}
	return text, nil
}
