package ingest

import (
	"context"
	"encoding/xml"
	"errors"
	"strings"

	"selfrag/retrieval"
)

// pptx extracts a presentation (Office Open XML): its slides in the order in
// which they are shown, each with its title as a heading, its texts, its
// tables and its notes. Hidden slides are marked so. Charts and comments are
// told.
func pptx(ctx context.Context, raw []byte, maxBytes int64) (content, error) {
	a, err := openArchive(raw, maxBytes)
	if err != nil {
		return content{}, err
	}
	slides, err := slideParts(a)
	if err != nil {
		return content{}, err
	}
	var c content
	var out textBuilder
	var broken error
	left := map[string]int{}
	for i, part := range slides {
		if ctx.Err() != nil {
			return content{}, context.Cause(ctx)
		}
		s, err := readSlide(ctx, a, part, maxBytes)
		switch {
		case ctx.Err() != nil:
			return content{}, context.Cause(ctx)
		case errors.Is(err, errTooLarge), errors.Is(err, errEncrypted):
			return content{}, err
		case err != nil:
			broken = err
			c.warn("slide %d is left out: %v", i+1, err)
			continue
		}
		for kind, n := range s.left {
			left[kind] += n
		}
		if strings.TrimSpace(s.text) == "" {
			continue
		}
		begin := out.runes
		if out.Len() > 0 {
			begin += 2
		}
		out.append(&c, s.content)
		c.places = append(c.places, place{begin, map[string]any{retrieval.Slide: float64(i + 1)}})
		if s.unseen {
			c.hidden = append(c.hidden, span{begin, out.runes})
		}
		if int64(out.Len()) > maxBytes {
			return content{}, tooLarge(maxBytes)
		}
	}
	if out.Len() == 0 && broken != nil {
		return content{}, broken
	}
	c.tellLeftOut("", left)
	c.text = out.String()
	if c.title, err = a.coreTitle(); err != nil {
		c.warn("its title is unknown: %v", err)
	}
	// PowerPoint's own title of a new file says nothing.
	if low := strings.ToLower(c.title); (low == "powerpoint presentation" || low == "powerpoint 프레젠테이션" || low == "") && len(c.headings) > 0 {
		c.title = c.headings[0].text
	}
	return c, nil
}

// slideParts are the slides in their order.
func slideParts(a *archive) ([]string, error) {
	main, err := a.mainPart("ppt/presentation.xml")
	if err != nil {
		return nil, err
	}
	var read struct {
		Slides []struct {
			Attrs []xml.Attr `xml:",any,attr"` // id, and r:id
		} `xml:"sldIdLst>sldId"`
	}
	if err := a.decodeXML(main, &read); err != nil {
		return nil, err
	}
	all, err := a.relationships(main)
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

// slide is what a slide says, its notes included.
type slide struct {
	content
	unseen bool
	left   map[string]int
}

func readSlide(ctx context.Context, a *archive, part string, maxBytes int64) (slide, error) {
	s := slide{left: map[string]int{}}
	t, err := readShapes(ctx, a, part, maxBytes)
	if err != nil {
		return s, err
	}
	s.unseen = t.unseen
	for kind, n := range t.left {
		s.left[kind] += n
	}
	all, err := a.relationships(part)
	if err != nil {
		return s, err
	}
	for _, r := range all {
		switch {
		case !a.has(r.Target):
		case r.isOf("diagramData"):
			d, err := a.drawing(r.Target)
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
	s.content = t.content()
	return s, nil
}
