import groovy.json.JsonSlurperClassic

/**
 * Runs `paasmas delivery` on this agent and returns the result.
 *
 * @param words The command and its options. The shell does not interpret them.
 * @param documents Options that take a file, with the content of the file: [images: text] is --images FILE.
 * @return The JSON result as maps, lists, texts and numbers.
 */
def call(List words, Map documents = [:]) {
  List all = ['delivery'] + words
  // Not in the workspace: the checked-out files can contain symbolic links.
  String folder = pwd(tmp: true)
  for (String name in new ArrayList(documents.keySet())) {
    String file = "${folder}/${name}.json"
    writeFile(file: file, text: documents[name])
    all += ["--${name}".toString(), file]
  }
  String command = env.PAASMAS ?: 'paasmas'
  return parsed(sh(script: "${command} ${quoted(all + ['--json'])}", returnStdout: true, label: "paasmas ${words[0]}"))
}

@NonCPS
private static String quoted(List words) {
  return words.collect { "'" + it.toString().replace("'", "'\\''") + "'" }.join(' ')
}

@NonCPS
private static Object parsed(String text) {
  return new JsonSlurperClassic().parseText(text)
}
