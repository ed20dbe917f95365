package agent

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestWatchCountsAMomentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w watch
		one := w.start()
		time.Sleep(2 * time.Second)
		other := w.start()
		time.Sleep(3 * time.Second)
		one()
		time.Sleep(4 * time.Second)
		other()
		time.Sleep(time.Hour)
		w.start()()
		if got := w.time(); got != 9*time.Second {
			t.Errorf("two that overlapped took %s, want 9s", got)
		}
	})
}
