package git

// SetMaxOutput bounds what one call of git may write, in bytes.
func (s *Source) SetMaxOutput(most int) { s.most = most }
