package content

import (
	"context"
	"slices"
	"strings"

	"lectern/app/db"
)

// shown is what every page of the site shows of what is arranged here. It is read once an epoch.
type shown struct {
	epoch          int64
	pages          []pageRef       // published, the standard ones first
	open           map[string]bool // places with something to see
	header, footer []Link
}

// pageRef is what a link needs to know of a page.
type pageRef struct{ key, href, title string }

// Shown are the links that every page has.
type Shown struct {
	Header, Footer []Link
	Terms, Privacy string // addresses, empty where the page isn't published
}

// Shown returns the menus as they stand: lines that are on and lead somewhere. The result is shared: don't change it.
func (s *Service) Shown(ctx context.Context) (Shown, error) {
	now, err := s.now(ctx)
	if err != nil {
		return Shown{}, err
	}
	terms, _ := now.page("terms")
	privacy, _ := now.page("privacy")
	return Shown{now.header, now.footer, terms.href, privacy.href}, nil
}

// now is what is shown, of this epoch.
func (s *Service) now(ctx context.Context) (*shown, error) {
	epoch, err := s.School.Epoch(ctx)
	if err != nil {
		return nil, err
	}
	if r := s.shown.Load(); r != nil && r.epoch == epoch {
		return r, nil
	}
	r := &shown{epoch: epoch, open: map[string]bool{}}
	if r.pages, err = s.published(ctx); err != nil {
		return nil, err
	}
	for _, p := range s.Places {
		r.open[p.Path] = true
		if p.Open != nil {
			if r.open[p.Path], err = p.Open(ctx); err != nil {
				return nil, err
			}
		}
	}
	for name, menu := range map[string]*[]Link{headerMenu: &r.header, footerMenu: &r.footer} {
		list, _, err := arranged(ctx, s.DB.Read(), name, s.builtInMenu(name))
		if err != nil {
			return nil, err
		}
		*menu = s.links(r, list)
	}
	s.shown.Store(r)
	return r, nil
}

// links are the lines of a menu that are on and lead somewhere.
func (s *Service) links(r *shown, list []Item) []Link {
	var links []Link
	for _, it := range list {
		link, ok := s.link(r, it.Target)
		if it.Off || !ok {
			continue
		}
		if it.Label != "" {
			link.Label = it.Label
		}
		links = append(links, link)
	}
	return links
}

// resolve says where a target leads now, and whether it leads anywhere.
func (s *Service) resolve(ctx context.Context, target string) (Link, bool, error) {
	now, err := s.now(ctx)
	if err != nil {
		return Link{}, false, err
	}
	link, ok := s.link(now, target)
	return link, ok, nil
}

// Target returns the address that a target leads to now; empty where it leads nowhere.
func (s *Service) Target(ctx context.Context, target string) (string, error) {
	link, _, err := s.resolve(ctx, target)
	return link.Href, err
}

func (s *Service) link(r *shown, target string) (Link, bool) {
	if key, ok := strings.CutPrefix(target, pageTarget); ok {
		p, ok := r.page(key)
		return Link{p.href, p.title}, ok
	}
	for _, p := range s.Places {
		if p.Path == target {
			return Link{p.Path, texts.T(p.Key)}, r.open[p.Path]
		}
	}
	return Link{Href: target}, target != ""
}

func (r *shown) page(key string) (pageRef, bool) {
	i := slices.IndexFunc(r.pages, func(p pageRef) bool { return p.key == key })
	if i < 0 {
		return pageRef{}, false
	}
	return r.pages[i], true
}

// published lists the pages that can be read by all.
func (s *Service) published(ctx context.Context) ([]pageRef, error) {
	type row struct{ id, slug, standard, title, status string }
	rows, err := db.All(ctx, s.DB.Read(), func(r db.Scanner) (p row, err error) {
		err = r.Scan(&p.id, &p.slug, &p.standard, &p.title, &p.status)
		return p, err
	}, `SELECT id, slug, stands_for, title, status FROM pages WHERE deleted_at IS NULL ORDER BY title, id`)
	if err != nil {
		return nil, err
	}
	var list []pageRef
	for _, name := range Standards {
		i := slices.IndexFunc(rows, func(r row) bool { return r.standard == name })
		if i < 0 {
			p, err := s.standard(ctx, name)
			if err != nil {
				return nil, err
			}
			list = append(list, pageRef{name, "/" + name, p.Title})
		} else if rows[i].status == Published {
			list = append(list, pageRef{name, "/" + name, rows[i].title})
		}
	}
	for _, r := range rows {
		if r.standard == "" && r.status == Published {
			list = append(list, pageRef{r.id, "/" + r.slug, r.title})
		}
	}
	return list, nil
}
