package serve

import "slices"

// target is the collection that a job writes to.
type target struct{ tenant, collection string }

func (r *record) target() target { return target{r.Tenant, r.Collection} }

// hold keeps the jobs for the named collections of a tenant from starting,
// until the caller calls release. Uploads are accepted in the meantime, and
// their jobs wait. If a job for one of the collections already waits or runs,
// or if one of them is held, hold holds nothing and ok is false.
func (j *jobs) hold(tenant string, names ...string) (release func(), ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range j.all {
		if r.Tenant == tenant && slices.Contains(names, r.Collection) && !r.State.Ended() {
			return nil, false
		}
	}
	for _, name := range names {
		if j.held[target{tenant, name}] {
			return nil, false
		}
	}
	for _, name := range names {
		j.held[target{tenant, name}] = true
	}
	return func() {
		_ = j.update(nil, false, func() { // wakes next
			for _, name := range names {
				delete(j.held, target{tenant, name})
			}
		})
	}, true
}
