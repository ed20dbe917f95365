package office

import (
	"path"
	"strings"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
)

// relationship is what a part of an Office file refers to (ECMA-376, part 2).
type relationship struct {
	ID       string `xml:"Id,attr"`
	Type     string `xml:"Type,attr"`
	Target   string `xml:"Target,attr"`
	External string `xml:"TargetMode,attr"`
}

// relationships are what a part refers to, with the targets as names of parts;
// none if the file says nothing of it. The part "" is the file itself.
func relationships(a *archive.Archive, part string) ([]relationship, error) {
	name := path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
	if part == "" {
		name = "_rels/.rels"
	}
	if !a.Has(name) {
		return nil, nil
	}
	var read struct {
		Relationship []relationship
	}
	if err := a.DecodeXML(name, &read); err != nil {
		return nil, err
	}
	var out []relationship
	for _, r := range read.Relationship {
		if r.External == "External" {
			continue
		}
		r.Target = archive.Below(part, r.Target)
		out = append(out, r)
	}
	return out, nil
}

// isOf reports whether a relationship is of a kind, such as "footnotes": the
// last part of its type, which differs in the rest between editions.
func (r relationship) isOf(kind string) bool { return strings.HasSuffix(r.Type, "/"+kind) }

// related are the parts of a kind that a part refers to; where it refers to
// none, the usual one if it is there.
func related(a *archive.Archive, all []relationship, kind, usual string) []string {
	var parts []string
	for _, r := range all {
		if r.isOf(kind) && a.Has(r.Target) {
			parts = append(parts, r.Target)
		}
	}
	if parts == nil && a.Has(usual) {
		parts = []string{usual}
	}
	return parts
}

// mainPart is the part that an Office file begins with.
func mainPart(a *archive.Archive, usual string) (string, error) {
	all, err := relationships(a, "")
	if err != nil {
		return "", err
	}
	if parts := related(a, all, "officeDocument", usual); len(parts) > 0 {
		return parts[0], nil
	}
	return usual, nil
}

// coreTitle is the title in a file's properties.
func coreTitle(a *archive.Archive) (string, error) {
	all, err := relationships(a, "")
	if err != nil {
		return "", err
	}
	parts := related(a, all, "core-properties", "docProps/core.xml")
	if len(parts) == 0 {
		return "", nil
	}
	var core struct {
		Title string `xml:"title"`
	}
	if err := a.DecodeXML(parts[0], &core); err != nil {
		return "", err
	}
	return content.Name(core.Title), nil
}
