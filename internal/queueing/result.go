package queueing

import "slices"

// Result is what a simulation saw.
type Result struct {
	Seconds  float64 // from the beginning until the last request had left
	Requests int
	Present  float64 // requests in the network, on average over time
	Sojourn  float64 // seconds of a request in the network, on average over all
	Classes  []ClassResult
	Stations []Load // as Network.Stations
}

// ClassResult is what the counted requests of a class saw.
type ClassResult struct {
	Name    string
	Count   int
	Seconds Quantiles // from coming to leaving
}

// Load is what a station saw.
type Load struct {
	Name        string
	Utilisation float64 // share of the time that its servers worked
	Longest     int     // the longest queue
	Present     float64 // requests in its queue or with a server, on average over time
	Wait        Quantiles
}

// Quantiles describes times in seconds. All are 0 if there are none.
type Quantiles struct{ Mean, P50, P95, P99 float64 }

func (s *simulation) result() Result {
	r := Result{
		Seconds: s.now, Requests: s.came, Sojourn: s.sojourns / float64(s.came), Present: s.present.over(s.now),
	}
	for i, c := range s.network.Classes {
		r.Classes = append(r.Classes, ClassResult{Name: c.Name, Count: len(s.times[i]), Seconds: quantilesOf(s.times[i])})
	}
	for i, at := range s.stations {
		is := s.network.Stations[i]
		r.Stations = append(r.Stations, Load{
			Name: is.Name, Utilisation: at.work / (s.now * float64(is.Servers)), Longest: at.longest,
			Present: at.present.over(s.now), Wait: quantilesOf(at.waits),
		})
	}
	return r
}

// over returns the average until a moment.
func (a area) over(until float64) float64 {
	a.change(until, 0)
	return a.sum / until
}

func quantilesOf(times []float64) Quantiles {
	if len(times) == 0 {
		return Quantiles{}
	}
	sorted := slices.Sorted(slices.Values(times))
	at := func(share float64) float64 { return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)] }
	sum := 0.0
	for _, t := range times {
		sum += t
	}
	return Quantiles{Mean: sum / float64(len(times)), P50: at(0.5), P95: at(0.95), P99: at(0.99)}
}
