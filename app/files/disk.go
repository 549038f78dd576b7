package files

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"

	"lectern/app/files/picture"
)

// unfinished stands before the names of files that are being written.
const unfinished = ".new-"

// write puts renderings on the disk so that they are there, whole, when it returns: each is written under another name
// and flushed, then all are renamed. It returns their bytes; when it fails it leaves nothing behind.
func (s *Service) write(all []rendering) (bytes int64, err error) {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			for _, one := range all {
				_ = os.Remove(s.path(unfinished + one.file))
				_ = os.Remove(s.path(one.file))
			}
		}
	}()
	for _, one := range all {
		n, err := writeFile(s.path(unfinished+one.file), one)
		if err != nil {
			return 0, err
		}
		bytes += n
	}
	for _, one := range all {
		if err := os.Rename(s.path(unfinished+one.file), s.path(one.file)); err != nil {
			return 0, err
		}
	}
	return bytes, syncDir(s.Dir)
}

func writeFile(path string, one rendering) (n int64, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // #nosec G304 -- within the data directory, by names that the program makes
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 64<<10)
	if err := errors.Join(one.encode(w), w.Flush(), f.Sync()); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// syncDir makes the names in a folder last.
func syncDir(dir string) error {
	d, err := os.Open(dir) // #nosec G304 -- within the data directory, by names that the program makes
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// remove deletes the files of a picture, as far as they are there.
func (s *Service) remove(p picture.Picture) {
	for _, file := range p.Files() {
		if err := os.Remove(s.path(file)); err != nil && !os.IsNotExist(err) {
			s.Log.Error("a picture could not be deleted", "file", file, "err", err)
		}
	}
}

func (s *Service) path(file string) string { return filepath.Join(s.Dir, file) }
