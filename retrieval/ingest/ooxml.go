package ingest

import (
	"path"
	"strings"
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
func (a *archive) relationships(part string) ([]relationship, error) {
	name := path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
	if part == "" {
		name = "_rels/.rels"
	}
	if !a.has(name) {
		return nil, nil
	}
	var read struct {
		Relationship []relationship
	}
	if err := a.decodeXML(name, &read); err != nil {
		return nil, err
	}
	var out []relationship
	for _, r := range read.Relationship {
		if r.External == "External" {
			continue
		}
		r.Target = below(part, r.Target)
		out = append(out, r)
	}
	return out, nil
}

// isOf reports whether a relationship is of a kind, such as "footnotes": the
// last part of its type, which differs in the rest between editions.
func (r relationship) isOf(kind string) bool { return strings.HasSuffix(r.Type, "/"+kind) }

// related are the parts of a kind that a part refers to; where it refers to
// none, the usual one if it is there.
func (a *archive) related(all []relationship, kind, usual string) []string {
	var parts []string
	for _, r := range all {
		if r.isOf(kind) && a.has(r.Target) {
			parts = append(parts, r.Target)
		}
	}
	if parts == nil && a.has(usual) {
		parts = []string{usual}
	}
	return parts
}

// mainPart is the part that an Office file begins with.
func (a *archive) mainPart(usual string) (string, error) {
	all, err := a.relationships("")
	if err != nil {
		return "", err
	}
	if parts := a.related(all, "officeDocument", usual); len(parts) > 0 {
		return parts[0], nil
	}
	return usual, nil
}

// coreTitle is the title in a file's properties.
func (a *archive) coreTitle() (string, error) {
	all, err := a.relationships("")
	if err != nil {
		return "", err
	}
	parts := a.related(all, "core-properties", "docProps/core.xml")
	if len(parts) == 0 {
		return "", nil
	}
	var core struct {
		Title string `xml:"title"`
	}
	if err := a.decodeXML(parts[0], &core); err != nil {
		return "", err
	}
	return named(core.Title), nil
}
