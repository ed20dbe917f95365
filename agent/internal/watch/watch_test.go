package watch

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestWatchCountsAMomentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w Watch
		one := w.Start()
		time.Sleep(2 * time.Second)
		other := w.Start()
		time.Sleep(3 * time.Second)
		one()
		time.Sleep(4 * time.Second)
		other()
		time.Sleep(time.Hour)
		w.Start()()
		if got := w.Time(); got != 9*time.Second {
			t.Errorf("two that overlapped took %s, want 9s", got)
		}
	})
}
