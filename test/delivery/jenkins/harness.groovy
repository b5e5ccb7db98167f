import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import org.codehaus.groovy.ast.ClassCodeVisitorSupport
import org.codehaus.groovy.ast.ClassNode
import org.codehaus.groovy.ast.MethodNode
import org.codehaus.groovy.ast.expr.ClosureExpression
import org.codehaus.groovy.ast.expr.MethodCallExpression
import org.codehaus.groovy.classgen.GeneratorContext
import org.codehaus.groovy.control.CompilePhase
import org.codehaus.groovy.control.CompilerConfiguration
import org.codehaus.groovy.control.SourceUnit
import org.codehaus.groovy.control.customizers.CompilationCustomizer
import org.codehaus.groovy.control.customizers.ImportCustomizer

// Runs Jenkinsfiles with the library. The steps only record their calls:
//   groovy harness.groovy VARS-FOLDER <scenarios.json >runs.json
// A scenario: {jenkinsfile, env, answers: {"decide": {...}}, fails: ["capacity"], checkout: {...}, previous}. A shell
// command fails if it contains an entry of `fails`.
// A run: {events: [{step, args, agent, credentials}], result, message, build}.

/** As in workflow-cps: annotated methods run without CPS and must not call steps. */
@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
@interface NonCPS {}

class FlowInterruptedException extends Exception {
  FlowInterruptedException(String message) { super(message) }
}

/** Steps with and without a closure. */
class Steps {
  static final BLOCKS = ['node', 'stage', 'timeout', 'lock', 'withCredentials', 'withEnv', 'dir']
  /** Steps that are arguments of other steps. */
  static final ARGUMENTS = [
    'disableConcurrentBuilds', 'buildDiscarder', 'logRotator', 'pipelineTriggers', 'cron', 'GenericTrigger', 'string',
    'usernamePassword',
  ]
  static final PLAIN = [
    'checkout', 'sh', 'writeFile', 'pwd', 'echo', 'error', 'input', 'milestone', 'mail', 'archiveArtifacts',
    'properties', 'git',
  ] + ARGUMENTS
}

/**
 * Finds closures that Jenkins cannot save. CPS cannot save a closure that a method of Groovy calls, for example `each`.
 * Only steps and methods of the library can get closures.
 */
class ClosureCheck extends CompilationCustomizer {
  final List problems = []

  ClosureCheck() { super(CompilePhase.CONVERSION) }

  void call(SourceUnit source, GeneratorContext context, ClassNode type) {
    Set own = type.methods*.name as Set
    type.methods.each { MethodNode method ->
      if (method.annotations.any { it.classNode.nameWithoutPackage == 'NonCPS' } || method.code == null) return
      new ClassCodeVisitorSupport() {
        protected SourceUnit getSourceUnit() { source }
        void visitMethodCallExpression(MethodCallExpression call) {
          List arguments = call.arguments.respondsTo('getExpressions') ? call.arguments.expressions : []
          String name = call.methodAsString
          if (arguments.any { it instanceof ClosureExpression } && !(name in Steps.BLOCKS) && !(name in own)) {
            problems << "${source.name}:${call.lineNumber}: ${name} gets a closure, but is not a step".toString()
          }
          super.visitMethodCallExpression(call)
        }
      }.visitMethod(method)
    }
  }
}

abstract class PipelineScript extends Script {
  def methodMissing(String name, arguments) { binding.getVariable('run').step(name, arguments as List) }
}

/** One build. */
class Run {
  final Map scenario
  final List events = []
  final Map build
  final Map vars = [:]
  final Map env
  List agents = []
  List credentials = []

  Run(Map scenario) {
    this.scenario = scenario
    env = new LinkedHashMap(scenario.env ?: [:])
    Map previous = scenario.previous == null ? null : [result: scenario.previous]
    build = [displayName: '#7', result: null, previousBuild: previous]
  }

  def step(String name, List arguments) {
    if (vars.containsKey(name)) return vars[name].call(*arguments)
    if (!(name in Steps.BLOCKS) && !(name in Steps.PLAIN)) {
      throw new MissingMethodException(name, Run, arguments as Object[])
    }
    Closure block = arguments && arguments[-1] instanceof Closure ? arguments[-1] : null
    if ((block != null) != (name in Steps.BLOCKS)) {
      throw new IllegalArgumentException("${name} ${block == null ? 'needs' : 'takes no'} closure")
    }
    List given = block == null ? arguments : arguments[0..<-1]
    if (name in Steps.ARGUMENTS) {
      return [(name): given ? given[0] : null]
    }
    events << [step: name, args: given, agent: agents ? agents[-1] : null, credentials: new ArrayList(credentials)]
    if (!agents && name in ['sh', 'checkout', 'writeFile', 'pwd', 'archiveArtifacts', 'git', 'dir']) {
      throw new IllegalStateException("${name} needs an agent")
    }
    switch (name) {
      case 'node': return within(agents, [given[0]], block)
      case 'withCredentials': return within(credentials, given[0].collect { it.values()[0].credentialsId }, block)
      case 'checkout': return scenario.checkout ?: [:]
      case 'pwd': return '/tmp/build'
      case 'sh': return shell(given[0])
      case 'input':
        if (scenario.answers?.input == 'abort') throw new FlowInterruptedException('rejected by the submitter')
        return null
      case 'error': throw new Exception(given[0])
      default: return block == null ? null : block.call()
    }
  }

  private within(List stack, List more, Closure block) {
    int size = stack.size()
    stack.addAll(more)
    try {
      return block.call()
    } finally {
      while (stack.size() > size) stack.remove(stack.size() - 1)
    }
  }

  private shell(Map given) {
    String failing = scenario.fails.find { given.script.contains(it) || (given.label ?: '').contains(it) }
    if (failing != null) throw new Exception("script returned exit code 1")
    if (!given.returnStdout) return null
    if (given.script == 'git rev-parse HEAD') return "${scenario.checkout.HEAD}\n".toString()
    String word = (given.script =~ /'delivery' '([\w-]+)'/)[0][1]
    if (scenario.answers[word] == null) throw new IllegalStateException("no answer to ${given.script}")
    return JsonOutput.toJson(scenario.answers[word])
  }
}

def blocks = new ClosureCheck()
def configuration = new CompilerConfiguration(scriptBaseClass: PipelineScript.name)
configuration.addCompilationCustomizers(blocks, new ImportCustomizer().addImports(NonCPS.name))
def shellFor = { Run run ->
  def binding = new Binding(run: run, env: run.env, currentBuild: run.build, scm: [scm: true])
  new GroovyShell(PipelineScript.classLoader, binding, configuration)
}

def vars = new File(args[0]).listFiles().findAll { it.name.endsWith('.groovy') }.sort { it.name }
def runs = new JsonSlurper().parse(System.in).collect { scenario ->
  Run run = new Run(scenario)
  def shell = shellFor(run)
  vars.each { file -> run.vars[file.name - '.groovy'] = shell.parse(file) }
  String result = 'SUCCESS'
  String message = null
  try {
    // Only Jenkins knows the annotation that loads the library.
    shell.parse(scenario.jenkinsfile.replaceFirst(/(?m)^@Library\('paasmas'\) _\n/, ''), 'Jenkinsfile').run()
  } catch (FlowInterruptedException stopped) {
    (result, message) = ['ABORTED', stopped.message]
  } catch (Exception failed) {
    (result, message) = ['FAILURE', failed.message]
  }
  Map build = run.build.findAll { it.key in ['keepLog', 'description'] }
  [events: run.events, result: run.build.result ?: result, message: message, build: build]
}
println JsonOutput.toJson([runs: runs, problems: blocks.problems.unique(), steps: Steps.BLOCKS + Steps.PLAIN])
