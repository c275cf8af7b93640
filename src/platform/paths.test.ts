import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "../core/fault.ts";
import { brevetPaths } from "./paths.ts";

describe("the places that brevet keeps", () => {
  test("are those of the XDG specification on Linux", () => {
    assert.deepEqual(brevetPaths({ HOME: "/home/ann" }, "linux"), {
      configFile: "/home/ann/.config/brevet/config.json",
      stateFolder: "/home/ann/.local/state/brevet",
      cacheFolder: "/home/ann/.cache/brevet",
      runtimeFolder: null,
    });
    const variables = {
      HOME: "/home/ann",
      XDG_CONFIG_HOME: "/c",
      XDG_STATE_HOME: "/s",
      XDG_CACHE_HOME: "/k",
      XDG_RUNTIME_DIR: "/run/user/1000",
    };
    assert.deepEqual(brevetPaths(variables, "linux"), {
      configFile: "/c/brevet/config.json",
      stateFolder: "/s/brevet",
      cacheFolder: "/k/brevet",
      runtimeFolder: "/run/user/1000/brevet",
    });
  });

  test("are not led into the working folder by a relative path", () => {
    const variables = {
      HOME: "/home/ann",
      XDG_CONFIG_HOME: "c",
      XDG_STATE_HOME: "./s",
      XDG_CACHE_HOME: "",
      XDG_RUNTIME_DIR: "run",
    };
    assert.deepEqual(brevetPaths(variables, "linux"), brevetPaths({ HOME: "/home/ann" }, "linux"));
    assert.equal(brevetPaths({ HOME: "" }, "linux", () => "/home/ann").stateFolder, "/home/ann/.local/state/brevet");
    // A home that is relative is refused, whatever the system says: keys would lie in whatever folder this runs in.
    for (const HOME of ["home", "./x"])
      assert.throws(() => brevetPaths({ HOME }, "linux", () => "/home/ann").stateFolder, { code: "HOME_UNKNOWN" });
  });

  test("are below the root where that is the home, as in many containers", () => {
    for (const HOME of ["/", "//", "/home/.."]) {
      const { configFile, stateFolder } = brevetPaths({ HOME, XDG_STATE_HOME: HOME }, "linux");
      assert.deepEqual([configFile, stateFolder], ["/.config/brevet/config.json", "/brevet"], HOME);
    }
    assert.equal(brevetPaths({ HOME: "/home/ann/" }, "linux").cacheFolder, "/home/ann/.cache/brevet");
    const onWindows = { USERPROFILE: "C:\\Users\\ann", APPDATA: "D:\\", LOCALAPPDATA: "\\\\files\\ann" };
    const { configFile, stateFolder } = brevetPaths(onWindows, "win32");
    assert.deepEqual([configFile, stateFolder], ["D:\\brevet\\config.json", "\\\\files\\ann\\brevet"]);
  });

  test("need no home until one of them is in it", () => {
    const nowhere = (): never => {
      throw new Error("uv_os_get_passwd returned ENOENT");
    };
    const elsewhere = { XDG_CONFIG_HOME: "/c", XDG_STATE_HOME: "/s", BREVET_CONFIG: "" };
    const paths = brevetPaths(elsewhere, "linux", nowhere);
    assert.deepEqual([paths.configFile, paths.stateFolder], ["/c/brevet/config.json", "/s/brevet"]);
    assert.throws(() => paths.cacheFolder, { code: "HOME_UNKNOWN" });
  });

  test("say in the words of the system's shell how a home is given", () => {
    for (const [platform, typed] of [
      ["linux", "export HOME=/home/NAME"],
      ["win32", "$env:HOME = 'C:\\Users\\NAME'"],
    ] as const) {
      const thrown = (fault: unknown): boolean => fault instanceof Fault && fault.hints.some((hint) => hint.includes(typed));
      assert.throws(() => brevetPaths({ HOME: "x" }, platform).stateFolder, thrown, platform);
    }
  });

  test("are the system's own on macOS", () => {
    assert.deepEqual(brevetPaths({ HOME: "/Users/ann" }, "darwin"), {
      configFile: "/Users/ann/.config/brevet/config.json",
      stateFolder: "/Users/ann/Library/Application Support/brevet",
      cacheFolder: "/Users/ann/Library/Caches/brevet",
      runtimeFolder: null,
    });
  });

  test("are where the variables of Windows say, which an organisation may have put elsewhere", () => {
    const ann = { USERPROFILE: "C:\\Users\\ann" };
    assert.deepEqual(brevetPaths(ann, "win32"), {
      configFile: "C:\\Users\\ann\\AppData\\Roaming\\brevet\\config.json",
      stateFolder: "C:\\Users\\ann\\AppData\\Local\\brevet",
      cacheFolder: "C:\\Users\\ann\\AppData\\Local\\Temp\\brevet",
      runtimeFolder: null,
    });
    const redirected = { ...ann, APPDATA: "\\\\files\\home$\\ann\\AppData", LOCALAPPDATA: "D:\\local" };
    assert.deepEqual(brevetPaths(redirected, "win32"), {
      configFile: "\\\\files\\home$\\ann\\AppData\\brevet\\config.json",
      stateFolder: "D:\\local\\brevet",
      cacheFolder: "D:\\local\\Temp\\brevet",
      runtimeFolder: null,
    });
    const { stateFolder } = brevetPaths({ ...redirected, XDG_STATE_HOME: "E:/state" }, "win32");
    assert.equal(stateFolder, "E:\\state\\brevet");
  });

  test("are led nowhere by a path of the other system", () => {
    for (const HOME of ["/home/ann", "\\ann", "C:ann", "C:", "\\\\files"]) {
      const { configFile } = brevetPaths({ HOME, USERPROFILE: "C:\\Users\\ann" }, "win32");
      assert.equal(configFile, "C:\\Users\\ann\\AppData\\Roaming\\brevet\\config.json", HOME);
    }
    // Relative on Linux, as WSL hands it on.
    const { configFile } = brevetPaths({ HOME: "/home/ann", XDG_CONFIG_HOME: "C:\\Users\\ann" }, "linux");
    assert.equal(configFile, "/home/ann/.config/brevet/config.json");
  });

  test("have the config where BREVET_CONFIG says", () => {
    assert.equal(brevetPaths({ HOME: "/h", BREVET_CONFIG: "/else/where.json" }, "linux").configFile, "/else/where.json");
    assert.equal(brevetPaths({ HOME: "/h", BREVET_CONFIG: "" }, "linux").configFile, "/h/.config/brevet/config.json");
  });

  test("never share a folder: what can be had again is emptied without asking", () => {
    for (const platform of ["linux", "darwin", "win32"] as const) {
      const { stateFolder, cacheFolder } = brevetPaths({ HOME: platform === "win32" ? "C:\\h" : "/h" }, platform);
      assert.equal(stateFolder.startsWith(cacheFolder) || cacheFolder.startsWith(stateFolder), false, platform);
    }
  });
});
