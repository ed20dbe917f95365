package bucket

import "time"

// SetSilence sets the time that an object may send nothing.
func (s *Source) SetSilence(d time.Duration) { s.silence = d }
