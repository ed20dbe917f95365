package mail

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"path"
	"strings"
	"time"

	"golang.org/x/text/encoding/htmlindex"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/charset"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/web"
)

// EML reads a mail: the sender, the recipients, the date, the subject, the text, the
// text of mails inside it, and the names of its attachments. It does not read the
// attachments, which are documents of their own. If the text comes both as plain
// text and as HTML, plain text is taken. The time of the document is the time at
// which the mail was sent.
func EML(ctx context.Context, raw []byte, maxBytes int64) (content.Content, error) {
	m := mailText{ctx: ctx, most: maxBytes}
	subject, sent, err := m.message(bytes.TrimLeft(raw, "\r\n"), 0)
	if err != nil {
		return content.Content{}, err
	}
	if len(m.attachments) > 0 {
		m.block("Attachments: " + strings.Join(m.attachments, ", "))
	}
	m.c.Text, m.c.Title, m.c.Metadata = m.out.String(), content.Name(subject), map[string]any{}
	if !sent.IsZero() {
		m.c.Metadata[retrieval.Modified] = sent.UTC().Format(time.RFC3339)
	}
	if len(m.attachments) > 0 {
		m.c.Metadata["attachments"] = strings.Join(m.attachments, ", ")
	}
	return m.c, nil
}

const (
	maxMailDepth = 20   // maximum depth of mails and parts inside each other
	maxMailParts = 1000 // maximum number of parts of a mail
)

// mailText collects the text of a mail.
type mailText struct {
	ctx         context.Context
	most        int64 // maximum number of bytes of a part
	c           content.Content
	out         content.Builder
	attachments []string // their names
	parts       int      // number of parts so far
}

func (m *mailText) block(text string) {
	text = strings.TrimSpace(text)
	m.out.Append(&m.c, content.Content{Text: text})
}

// message writes a mail: its header fields, and then its parts.
func (m *mailText) message(raw []byte, depth int) (subject string, sent time.Time, err error) {
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return "", sent, fmt.Errorf("%w: its header cannot be read: %w", content.ErrDamaged, err)
	}
	var head []string
	for _, name := range []string{"From", "To", "Cc", "Date", "Subject"} {
		if v := decodeHeader(msg.Header.Get(name)); v != "" {
			head = append(head, name+": "+v)
		}
	}
	if len(head) == 0 {
		return "", sent, fmt.Errorf("%w: it has no header of a mail", content.ErrDamaged)
	}
	m.block(strings.Join(head, "\n"))
	sent, _ = msg.Header.Date() // the date may be missing or malformed
	return decodeHeader(msg.Header.Get("Subject")), sent, m.part(textproto.MIMEHeader(msg.Header), msg.Body, depth)
}

// part writes the text of a part of a mail, or adds the name of the part to the
// attachments if it is one.
func (m *mailText) part(head textproto.MIMEHeader, body io.Reader, depth int) error {
	if m.parts++; m.parts > maxMailParts || depth > maxMailDepth {
		return fmt.Errorf("%w: it has more parts, or parts nested deeper, than a mail has", content.ErrDamaged)
	}
	if m.ctx.Err() != nil {
		return context.Cause(m.ctx)
	}
	kind, parameters, err := mime.ParseMediaType(head.Get("Content-Type"))
	if err != nil || kind == "" {
		kind = "text/plain"
	}
	disposition, named, _ := mime.ParseMediaType(head.Get("Content-Disposition"))
	name := firstOf(decodeHeader(named["filename"]), decodeHeader(parameters["name"]))
	switch {
	case kind == "multipart/encrypted", kind == "application/pkcs7-mime" && !strings.HasPrefix(parameters["smime-type"], "signed"):
		return content.ErrEncrypted
	case strings.HasPrefix(kind, "multipart/"):
		return m.multipart(kind, parameters["boundary"], body, depth)
	case kind == "message/rfc822":
		raw, err := m.read(head, body)
		if err != nil {
			return err
		}
		_, _, err = m.message(bytes.TrimLeft(raw, "\r\n"), depth+1)
		return err
	case disposition == "attachment" || name != "" && !strings.HasPrefix(kind, "text/") || !strings.HasPrefix(kind, "text/"):
		if name != "" {
			m.attachments = append(m.attachments, path.Base(strings.ReplaceAll(content.Collapse(name), `\`, "/")))
		}
		return nil
	}
	raw, err := m.read(head, body)
	if err != nil {
		return err
	}
	if kind != "text/html" {
		text, warnings, err := decodeCharset(raw, parameters["charset"])
		if err != nil {
			return err
		}
		m.tell(warnings)
		m.block(text)
		return nil
	}
	c, err := m.html(raw, parameters["charset"])
	if err != nil {
		return err
	}
	m.tell(c.Warnings)
	m.out.Append(&m.c, c)
	return nil
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func (m *mailText) tell(warnings []string) {
	for _, w := range warnings {
		m.c.Warn("%s", w)
	}
}

func (m *mailText) html(raw []byte, charset string) (content.Content, error) {
	if text, _, err := decodeCharset(raw, charset); err == nil {
		raw = []byte(text)
	}
	return web.HTML(m.ctx, raw, m.most)
}

// multipart writes the parts inside a part. Of alternatives it writes only one:
// plain text if there is some, else the last.
func (m *mailText) multipart(kind, boundary string, body io.Reader, depth int) error {
	if boundary == "" {
		return fmt.Errorf("%w: a part of type multipart has no boundary", content.ErrDamaged)
	}
	r := multipart.NewReader(body, boundary)
	type alternative struct {
		head textproto.MIMEHeader
		body []byte
	}
	var alternatives []alternative
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil { // such as a missing end
			m.c.Warn("the mail breaks off: %v", err)
			break
		}
		if kind != "multipart/alternative" {
			if err := m.part(p.Header, p, depth+1); err != nil {
				return err
			}
			continue
		}
		raw, err := io.ReadAll(io.LimitReader(p, m.most+1))
		if err != nil {
			m.c.Warn("the mail breaks off: %v", err)
		}
		if alternatives = append(alternatives, alternative{p.Header, raw}); len(alternatives) > maxMailParts {
			return fmt.Errorf("%w: it has more parts than a mail has", content.ErrDamaged)
		}
	}
	if len(alternatives) == 0 {
		return nil
	}
	chosen := alternatives[len(alternatives)-1]
	for _, a := range alternatives {
		kind, _, err := mime.ParseMediaType(a.head.Get("Content-Type"))
		if (kind == "text/plain" || err != nil) && len(bytes.TrimSpace(a.body)) > 0 {
			chosen = a
			break
		}
	}
	return m.part(chosen.head, bytes.NewReader(chosen.body), depth+1)
}

// read decodes the transfer encoding of a part, such as base64. Of a damaged part
// it returns what comes before the damage, and adds a warning.
func (m *mailText) read(head textproto.MIMEHeader, body io.Reader) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(head.Get("Content-Transfer-Encoding"))) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	raw, err := io.ReadAll(io.LimitReader(body, m.most+1))
	if err != nil {
		m.c.Warn("a part of the mail breaks off: %v", err)
	}
	if int64(len(raw)) > m.most {
		return nil, content.TooLarge(m.most)
	}
	return raw, nil
}

// decodeCharset decodes a text in the encoding that the mail declares. It finds out
// the encoding from the bytes if none is declared or the text is not valid in it.
func decodeCharset(raw []byte, declared string) (string, []string, error) {
	declared = strings.ToLower(declared)
	if declared == "" || declared == "us-ascii" || declared == "utf-8" || strings.HasPrefix(declared, "iso-2022-") {
		return charset.Decode(raw)
	}
	encoding, err := htmlindex.Get(declared)
	if err != nil {
		return charset.Decode(raw)
	}
	text, err := encoding.NewDecoder().Bytes(raw)
	if err != nil {
		return charset.Decode(raw)
	}
	return content.NormaliseNewlines(string(text)), nil, nil
}

// decodeHeader decodes a header field with its encoded words (RFC 2047), and joins
// its lines.
func decodeHeader(v string) string {
	d := mime.WordDecoder{CharsetReader: func(charset string, in io.Reader) (io.Reader, error) {
		raw, err := io.ReadAll(in)
		if err != nil {
			return nil, err
		}
		text, _, err := decodeCharset(raw, charset)
		return strings.NewReader(text), err
	}}
	decoded, err := d.DecodeHeader(v)
	if err != nil {
		decoded = v
	}
	if text, _, err := charset.Decode([]byte(decoded)); err == nil {
		decoded = text
	}
	return content.Collapse(strings.ToValidUTF8(decoded, "\uFFFD"))
}
