package queueing

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

func simulate(t *testing.T, n Network) Result {
	t.Helper()
	r, err := Simulate(n)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// one is a network of one station that every request visits.
func one(servers int, rate float64, time Times) Network {
	return Network{
		Stations: []Station{{Name: "only", Servers: servers, Time: time}}, Classes: []Class{{Share: 1, Route: []int{0}}},
		Rate: rate, Requests: 400_000, Warmup: 10_000, Seed: 7,
	}
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within*math.Abs(want) {
		t.Errorf("%s: got %.5g, want %.5g within %.0f %%", what, got, want, 100*within)
	}
}

// erlangC is the probability that a request waits for one of c servers, by the
// recursion of Erlang's B formula (Kleinrock, Queueing Systems, volume 1, 3.5).
func erlangC(c int, offered float64) float64 {
	b := 1.0
	for i := 1; i <= c; i++ {
		b = offered * b / (float64(i) + offered*b)
	}
	return b / (1 - offered/float64(c)*(1-b))
}

// TestClosedForms compares mean waits with those of M/M/c, and of M/D/1 by
// Pollaczek and Khinchine, within 5 %.
func TestClosedForms(t *testing.T) {
	const mean = 0.02
	for _, servers := range []int{1, 2, 8} {
		for _, load := range []float64{0.3, 0.6, 0.8} {
			rate := load * float64(servers) / mean
			r := simulate(t, one(servers, rate, Exponential(mean)))
			want := erlangC(servers, rate*mean) * mean / (float64(servers) * (1 - load))
			if servers == 8 && load == 0.3 {
				// One request of thousands waits: the error of that mean is large.
				if got := r.Stations[0].Wait.Mean; got > 2*want {
					t.Errorf("8 idle servers: mean wait %g, want %g", got, want)
				}
				continue
			}
			near(t, "mean wait", r.Stations[0].Wait.Mean, want, 0.05)
			near(t, "utilisation", r.Stations[0].Utilisation, load, 0.01)
			near(t, "mean time", r.Classes[0].Seconds.Mean, want+mean, 0.05)
		}
	}
	for _, load := range []float64{0.5, 0.8} {
		r := simulate(t, one(1, load/mean, Fixed(mean)))
		near(t, "mean wait with fixed times", r.Stations[0].Wait.Mean, load*mean/(2*(1-load)), 0.05)
	}
	// The time in M/M/1 is exponential itself.
	r := simulate(t, one(1, 0.7/mean, Exponential(mean)))
	near(t, "99th percentile", r.Classes[0].Seconds.P99, math.Log(100)*mean/0.3, 0.06)
}

// random is a network of stations, servers, times and routes by chance.
func random(r *rand.Rand) Network {
	n := Network{Rate: 1 + 50*r.Float64(), Requests: 200 + r.IntN(2000), Seed: r.Uint64()}
	for range 1 + r.IntN(4) {
		times := []Times{Fixed(0.05 * r.Float64()), Exponential(0.05 * r.Float64()), Slowest(1+r.IntN(4), Exponential(0.02))}
		n.Stations = append(n.Stations, Station{Servers: 1 + r.IntN(4), Time: times[r.IntN(len(times))]})
	}
	for range 1 + r.IntN(3) {
		c := Class{Share: r.Float64()}
		for range r.IntN(6) { // a route may be empty, and may come back
			c.Route = append(c.Route, r.IntN(len(n.Stations)))
		}
		n.Classes = append(n.Classes, c)
	}
	return n
}

// TestProperties holds what is true of every network, loaded beyond its capacity
// or not: Little's law, that nobody is lost, bounds, and that the seed decides.
func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := random(r)
		got := simulate(t, n)
		// From empty to empty, Little's law is an identity.
		if want := float64(n.Requests) / got.Seconds * got.Sojourn; math.Abs(got.Present-want) > 1e-6*(1+want) {
			t.Fatalf("Little's law: %g present, rate by time %g: %+v", got.Present, want, n)
		}
		count, present := 0, 0.0
		for _, c := range got.Classes {
			count += c.Count
			if q := c.Seconds; q.P50 > q.P95 || q.P95 > q.P99 {
				t.Fatalf("quantiles %+v", q)
			}
		}
		for _, s := range got.Stations {
			present += s.Present
			if s.Utilisation < 0 || s.Utilisation > 1+1e-9 {
				t.Fatalf("utilisation %g", s.Utilisation)
			}
		}
		if count != n.Requests || got.Requests != n.Requests {
			t.Fatalf("%d of %d requests left", count, n.Requests)
		}
		if math.Abs(present-got.Present) > 1e-6*(1+present) {
			t.Fatalf("%g requests at the stations, %g in the network", present, got.Present)
		}
		if again := simulate(t, n); !reflect.DeepEqual(again, got) {
			t.Fatalf("the same seed gave %+v and %+v", got, again)
		}
		n.Seed++
		if other := simulate(t, n); other.Seconds == got.Seconds {
			t.Fatal("another seed gave the same")
		}
	}
}

func TestTimes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	draw := func(times Times) Quantiles {
		all := make([]float64, 200_000)
		for i := range all {
			all[i] = times(r)
		}
		return quantilesOf(all)
	}
	lognormal, err := Lognormal(0.0138, 0.020)
	if err != nil {
		t.Fatal(err)
	}
	q := draw(lognormal)
	near(t, "median", q.P50, 0.0138, 0.01)
	near(t, "p99", q.P99, 0.020, 0.02)
	replayed, err := Replayed([]float64{1, 2, 3, 4})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "replayed mean", draw(replayed).Mean, 2.5, 0.01)
	// The slowest of n exponential times has the mean 1 + 1/2 + ... + 1/n.
	near(t, "the slowest of four", draw(Slowest(4, Exponential(1))).Mean, 25.0/12, 0.02)

	for _, bad := range [][2]float64{{0, 1}, {2, 1}, {-1, 1}, {1, math.Inf(1)}, {math.NaN(), 1}} {
		if _, err := Lognormal(bad[0], bad[1]); err == nil {
			t.Errorf("Lognormal%v was taken", bad)
		}
	}
	for _, bad := range [][]float64{nil, {1, -1}, {math.NaN()}, {math.Inf(1)}} {
		if _, err := Replayed(bad); err == nil {
			t.Errorf("Replayed(%v) was taken", bad)
		}
	}
}

func TestImpossibleNetworks(t *testing.T) {
	for name, change := range map[string]func(*Network){
		"no rate":             func(n *Network) { n.Rate = 0 },
		"a rate of no number": func(n *Network) { n.Rate = math.NaN() },
		"no requests":         func(n *Network) { n.Requests = 0 },
		"all left out":        func(n *Network) { n.Warmup = n.Requests },
		"no servers":          func(n *Network) { n.Stations[0].Servers = 0 },
		"no times":            func(n *Network) { n.Stations[0].Time = nil },
		"no classes":          func(n *Network) { n.Classes = nil },
		"no station there":    func(n *Network) { n.Classes[0].Route = []int{1} },
		"a share below 0":     func(n *Network) { n.Classes[0].Share = -1 },
	} {
		n := one(1, 1, Fixed(1))
		change(&n)
		if _, err := Simulate(n); err == nil {
			t.Errorf("%s: was simulated", name)
		}
	}
}
