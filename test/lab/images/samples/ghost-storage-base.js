// biome-ignore lint/suspicious/noRedundantUseStrict: in the image this is a CommonJS module
"use strict";
const { posix } = require("node:path");

// Base class of Ghost's storage adapters: it chooses names and folders.
module.exports = class StorageBase {
  getTargetDir() {
    return new Date().toISOString().slice(0, 7).replace("-", "/");
  }

  async getUniqueFileName(file, dir) {
    const { name, ext } = posix.parse(file.name);
    for (let count = 0; ; count++) {
      const unique = `${name}${count === 0 ? "" : `-${count}`}${ext}`;
      if (!(await this.exists(unique, dir))) return posix.join(dir, unique);
    }
  }
};
