package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// kinds write the paragraphs of a document as a file, by extension.
func kinds() map[string]func([]string) ([]byte, error) {
	return map[string]func([]string) ([]byte, error){
		".txt":   func(p []string) ([]byte, error) { return []byte(strings.Join(p, "\n\n")), nil },
		".md":    func(p []string) ([]byte, error) { return []byte("# Report\n\n" + strings.Join(p, "\n\n")), nil },
		".html":  func(p []string) ([]byte, error) { return []byte(page(p)), nil },
		".eml":   func(p []string) ([]byte, error) { return []byte(mail + strings.Join(p, "\r\n\r\n")), nil },
		".csv":   sheetOfText,
		".jsonl": lines,
		".xlsx":  sheet,
		".pdf":   func(p []string) ([]byte, error) { return pdf(p), nil },
		".docx":  document,
		".pptx":  slides,
		".hwpx":  hangul,
		".epub":  book,
	}
}

const mail = "From: a@example.org\r\nTo: b@example.org\r\nSubject: Report\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"

// wrapped puts a tag around each paragraph.
func wrapped(paragraphs []string, before, after string) string {
	var b strings.Builder
	for _, p := range paragraphs {
		b.WriteString(before + p + after)
	}
	return b.String()
}

func page(paragraphs []string) string {
	return "<!DOCTYPE html><html><head><title>Report</title></head><body><nav><a href=\"/\">Home</a></nav><main><h1>Report</h1>" +
		wrapped(paragraphs, "<p>", "</p>") + "</main></body></html>"
}

// rowsOf lays paragraphs out as a table of numbered rows.
func rowsOf(paragraphs []string) [][]string {
	rows := [][]string{{"number", "text"}}
	for i, p := range paragraphs {
		rows = append(rows, []string{fmt.Sprint(i + 1), p})
	}
	return rows
}

func sheetOfText(paragraphs []string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rowsOf(paragraphs)); err != nil {
		return nil, fmt.Errorf("write CSV: %w", err)
	}
	return b.Bytes(), nil
}

func lines(paragraphs []string) ([]byte, error) {
	var b bytes.Buffer
	to := json.NewEncoder(&b)
	for i, p := range paragraphs {
		if err := to.Encode(map[string]any{"id": i, "text": p}); err != nil {
			return nil, fmt.Errorf("write JSONL: %w", err)
		}
	}
	return b.Bytes(), nil
}

func sheet(paragraphs []string) ([]byte, error) {
	f := excelize.NewFile()
	for y, row := range rowsOf(paragraphs) {
		for x, value := range row {
			cell, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err == nil {
				err = f.SetCellStr("Sheet1", cell, value)
			}
			if err != nil {
				return nil, fmt.Errorf("write XLSX: %w", err)
			}
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("write XLSX: %w", err)
	}
	return b.Bytes(), nil
}

// pdf writes pages of lines in Helvetica, which every reader has. Its paragraphs must be
// in Latin letters.
func pdf(paragraphs []string) []byte {
	const perPage = 50
	var all []string
	for _, p := range paragraphs {
		for words := strings.Fields(p); len(words) > 0; {
			n := min(14, len(words))
			all = append(all, strings.Join(words[:n], " "))
			words = words[n:]
		}
		all = append(all, "")
	}
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}
	var kids []string
	for at := 0; at < len(all); at += perPage {
		text := "BT /F1 10 Tf 14 TL 50 780 Td " + wrapped(all[at:min(at+perPage, len(all))], "(", ") Tj T* ") + "ET"
		objects = append(objects, fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text))
		objects = append(objects, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>", len(objects)))
		kids = append(kids, fmt.Sprintf("%d 0 R", len(objects)))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", len(kids), strings.Join(kids, " "))
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	places := make([]int, len(objects))
	for i, o := range objects {
		places[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, place := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", place)
	}
	fmt.Fprintf(&b, "trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}

// zipped packs parts, given as names and contents in turn.
func zipped(parts ...string) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		part, err := w.Create(parts[i])
		if err == nil {
			_, err = part.Write([]byte(parts[i+1]))
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", parts[i], err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack a file: %w", err)
	}
	return b.Bytes(), nil
}
