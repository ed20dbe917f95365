package office

import (
	"context"
	"encoding/xml"
	"errors"
	"strings"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
)

// PPTX reads a PowerPoint presentation: its slides in the order in which they are
// shown, each with its title as a heading, its texts, its tables and its notes.
// Charts are written as tables of the values that the file keeps of them. Hidden
// slides are marked. Comments are left out with a warning.
func PPTX(ctx context.Context, raw []byte, maxBytes int64) (content.Content, error) {
	a, err := archive.Open(raw, maxBytes)
	if err != nil {
		return content.Content{}, err
	}
	slides, err := slideParts(a)
	if err != nil {
		return content.Content{}, err
	}
	var c content.Content
	var out content.Builder
	var broken error
	left := map[string]int{}
	for i, part := range slides {
		if ctx.Err() != nil {
			return content.Content{}, context.Cause(ctx)
		}
		s, err := readSlide(ctx, a, part, maxBytes)
		switch {
		case ctx.Err() != nil:
			return content.Content{}, context.Cause(ctx)
		case errors.Is(err, content.ErrTooLarge), errors.Is(err, content.ErrEncrypted):
			return content.Content{}, err
		case err != nil:
			broken = err
			c.Warn("slide %d is left out: %v", i+1, err)
			continue
		}
		for kind, n := range s.left {
			left[kind] += n
		}
		if strings.TrimSpace(s.Text) == "" {
			continue
		}
		begin := out.Runes()
		if out.Len() > 0 {
			begin += 2
		}
		out.Append(&c, s.Content)
		c.Places = append(c.Places, content.Place{Start: begin, Metadata: map[string]any{retrieval.Slide: float64(i + 1)}})
		if s.unseen {
			c.Hidden = append(c.Hidden, content.Span{Start: begin, End: out.Runes()})
		}
		if int64(out.Len()) > maxBytes {
			return content.Content{}, content.TooLarge(maxBytes)
		}
	}
	if out.Len() == 0 && broken != nil {
		return content.Content{}, broken
	}
	c.WarnLeftOut("", left)
	c.Text = out.String()
	if c.Title, err = coreTitle(a); err != nil {
		c.Warn("its title is unknown: %v", err)
	}
	// The title that PowerPoint gives a new file says nothing.
	if low := strings.ToLower(c.Title); (low == "powerpoint presentation" || low == "powerpoint 프레젠테이션" || low == "") && len(c.Headings) > 0 {
		c.Title = c.Headings[0].Text
	}
	return c, nil
}

// slideParts returns the names of the parts with the slides, in order.
func slideParts(a *archive.Archive) ([]string, error) {
	main, err := mainPart(a, "ppt/presentation.xml")
	if err != nil {
		return nil, err
	}
	var read struct {
		Slides []struct {
			Attrs []xml.Attr `xml:",any,attr"` // id and r:id, which have the same local name
		} `xml:"sldIdLst>sldId"`
	}
	if err := a.DecodeXML(main, &read); err != nil {
		return nil, err
	}
	all, err := relationships(a, main)
	if err != nil {
		return nil, err
	}
	targets := map[string]string{}
	for _, r := range all {
		if r.isOf("slide") {
			targets[r.ID] = r.Target
		}
	}
	var parts []string
	for _, s := range read.Slides {
		for _, attr := range s.Attrs {
			if target := targets[attr.Value]; target != "" && attr.Name.Local == "id" {
				parts = append(parts, target)
				break
			}
		}
	}
	return parts, nil
}

// slide is the content of a slide, including its notes.
type slide struct {
	content.Content
	unseen bool           // the slide is hidden
	left   map[string]int // number of things left out, by kind
}

func readSlide(ctx context.Context, a *archive.Archive, part string, maxBytes int64) (slide, error) {
	s := slide{left: map[string]int{}}
	t, err := readShapes(ctx, a, part, maxBytes)
	if err != nil {
		return s, err
	}
	s.unseen = t.unseen
	all, err := relationships(a, part)
	if err != nil {
		return s, err
	}
	if err := t.readCharts(a, all); err != nil {
		return s, err
	}
	for kind, n := range t.left {
		s.left[kind] += n
	}
	for _, r := range all {
		switch {
		case !a.Has(r.Target):
		case r.isOf("diagramData"):
			d, err := readDrawing(a, r.Target)
			if err != nil {
				return s, err
			}
			t.blocks = append(t.blocks, slideBlock{lines: d.lines()})
			s.left["diagram"] = 0
		case r.isOf("notesSlide"):
			notes, err := readShapes(ctx, a, r.Target, maxBytes)
			if err != nil {
				return s, err
			}
			t.blocks = append(t.blocks, notes.blocks...)
		case r.isOf("comments"):
			s.left["comment"]++
		}
	}
	s.Content = t.content()
	return s, nil
}
