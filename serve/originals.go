package serve

import "fmt"

// Originals keeps the files of a tenant's uploaded documents, so that Pages can show
// them. ingest.Originals is one. What is removed here need not be there.
type Originals interface {
	Keep(collection, source, path string) error
	Remove(collection, source string) error
	Rename(collection, from, to string) error
	RemoveCollection(collection string) error
	RenameCollection(from, to string) error
}

// originals returns the files of a tenant's uploads, or nil if none are kept.
func (s *Service) originals(t Tenant) (Originals, error) {
	if s.cfg.Originals == nil {
		return nil, nil //nolint:nilnil // none are kept
	}
	return s.cfg.Originals(t)
}

// changeOriginals calls change with the files of the tenant's uploads, if such are
// kept.
func (s *Scope) changeOriginals(change func(Originals) error) error {
	kept, err := s.service.originals(s.grant.tenant)
	if err != nil || kept == nil {
		return err
	}
	return change(kept)
}

// keepOriginal keeps the file of an uploaded document whose pages can be shown, and
// forgets an earlier one if it is of another type now. A file that cannot be kept costs
// only the pages, so the document does not fail with it.
func (s *Service) keepOriginal(r *record, f IngestFile, path string) error {
	kept, err := s.originals(Tenant{r.Tenant, true})
	if err == nil && kept != nil {
		if f.Type == ".pdf" {
			err = kept.Keep(r.Collection, f.Source, path)
		} else {
			err = kept.Remove(r.Collection, f.Source)
		}
	}
	if err != nil {
		return fmt.Errorf("the pages of %s cannot be shown, only its text: %w", f.Source, err)
	}
	return nil
}
