package office

import (
	"path"
	"strings"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
)

// relationship is a reference from one part of an Office file to another
// (ECMA-376, part 2).
type relationship struct {
	ID       string `xml:"Id,attr"`
	Type     string `xml:"Type,attr"`
	Target   string `xml:"Target,attr"`
	External string `xml:"TargetMode,attr"`
}

// relationships returns the references of a part to other parts of the file, with
// names of parts as targets. The part "" stands for the file itself.
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

// isOf reports whether a relationship is of a kind, such as "footnotes". The kind
// is the last part of the type. The rest differs between editions of the standard.
func (r relationship) isOf(kind string) bool { return strings.HasSuffix(r.Type, "/"+kind) }

// related returns the parts of a kind among the references of a part. If there are
// none, it returns the part with the usual name, if the file has it.
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

// mainPart returns the name of the main part of an Office file, such as
// "word/document.xml".
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

// coreTitle returns the title in a file's properties, or "" if there is none.
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
