"""What generators write into READMEs: it is about a tool, not about the project."""

from __future__ import annotations

import re

MAX_LOOKED_AT = 400  # characters
WITH = r"(?:with|using|by|from|via)"
# What a sentence may go on with that tells what the project is for.
TELLS = r"\b(?:to|that|which|for|where)\s\w"
NOUN = (
    r"(?:app|application|site|web ?site|web ?app|library|package|repo|repository|readme|skeleton"
    r"|workspace|extension|plugin|documentation|project|starter)"
)
# Words before it that tell nothing of the purpose.
TOLD = r"(?:web|mobile|small|little|simple|sample|demo|static|react|vue|angular|next\.js|single[- ]page)"
PLACE = r"(?:project|repo\w*|gem|package|app|application|library|extension|module)"
GENERATED = re.compile(
    rf"\A\W*(?:(?:(?:this|it)\s+is\s+)?(?:an?|my|the|this)\s+)?"
    rf"(?:(?:(?!that\b|which\b|for\b|to\b)\S+\s+){{0,4}}?project|(?:\S+\s+)?{NOUN}),?"
    r"\s(?:(?:is|was|has been|were)\s)?(?:\w+ly\s)?"
    rf"(?:(?:generated|bootstrapped|scaffolded|initiali[sz]ed)\s{WITH}\b"
    r"|(?:created|made|built)\s(?:with|using|from|via|by)\s\W?(?:npx\s|npm\s)?create-)"
    rf"(?!.{{0,200}}{TELLS})"
    rf"|\A\W*(?:this|the)\s(?:{TOLD}\s)?{NOUN}\s(?:is|was|has been|were)\s(?:\w+ly\s)?"
    rf"(?:created|made|built|set up|started|based)\s(?:with|using|from|via|by|on)\b(?!.{{0,200}}{TELLS})"
    rf"|\A\W*{NOUN}\s(?:created|set up)\s{WITH}\s\S+(?:\s\S+){{0,3}}\Z"
    rf"|\A\W*(?:auto-?)?(?:generated|bootstrapped|scaffolded|initiali[sz]ed)\s{WITH}\b(?!.{{0,200}}{TELLS})"
    r"|\A\W*this project (?:uses|is using) the \S+ (?:starter|template|boilerplate)\b"
    r"|\A\W*(?:created|made|built)\s(?:with|using|from)\s\W?"
    r"(?:create-|codesandbox|stackblitz|replit|lovable|v0|bolt)"
    r"|\A\W*(?:this is )?(?:an? )?auto(?:matically)?[- ]?generated readme\b"
    r"|\A\W*this readme (?:is|was) auto(?:matically)?[- ]?generated\b"
    # Deutsch, español, português, français, italiano, русский, 日本語, 中文
    r"|\A\W*(?:dieses?|das|die)\s(?:\S+\s)?(?:projekt|app|anwendung|seite|website|bibliothek|repository)"
    r"\s(?:wurde|ist)\s(?:mit|mithilfe|von|durch)\b.{1,80}"
    r"\b(?:erstellt|generiert|erzeugt|gebaut|initialisiert|aufgesetzt)\W*\Z"
    r"|\A\W*est[ea]\s(?:proyecto|projeto|app|aplicación|aplicativo|sitio|site|biblioteca|repositorio)"
    r"\s(?:fue|foi|ha sido|está)\s(?:cread|criad|generad|gerad|hech|construid|construíd|inicializad)[oa]"
    r"\s(?:con|com|usando|por|mediante|desde|a partir de)\b(?!.{0,200}\b(?:para|que)\s)"
    r"|\A\W*cet?(?:te)?\s(?:projet|application|site|bibliothèque|dépôt)\s(?:a été|est)\s"
    r"(?:créé|généré|construit|initialisé|réalisé)e?\s(?:avec|par|à partir de|via|en utilisant|à l'aide de)\b"
    r"(?!.{0,200}\b(?:pour|qui|afin)\s)"
    r"|\A\W*questo\s(?:progetto|sito)\s(?:è stato|è)\s(?:creato|generato|realizzato)\s(?:con|da|usando|tramite)\b"
    r"(?!.{0,200}\b(?:per|che)\s)"
    r"|\A\W*(?:этот|данный)\s(?:проект|сайт)\s(?:был\s)?(?:создан|сгенерирован)\s(?:с помощью|при помощи|через)\b"
    r"(?!.{0,200}\b(?:для|чтобы|который)\s)"
    r"|\A\W*この(?:プロジェクト|アプリ|サイト|リポジトリ)は.{1,60}?(?:で|を使って|を使用して|により|によって)"
    r"(?:作成|生成|構築)され(?:ました|ています|た)\W*\Z"
    r"|\A\W*(?:本|该|这个?|此)(?:项目|工程|应用|网站|程序|仓库)是?(?:由|使用|基于|通过|用).{1,60}?"
    r"(?:生成|创建|搭建|初始化)(?:的|而成|而来)?(?:项目|应用)?\W*\Z",
    re.IGNORECASE,
)
# What an owner leaves unwritten, also where GitHub asks for a description.
PLACEHOLDER = re.compile(
    r"\A\W*(?:(?:todo|fixme|tbd)(?:\W*\Z|\s*[:：]|\s+[-–—]\s"
    r"|\s+(?:add|write|describe|explain|document|fill|finish|complete|delete|put|give|guide|update)\b)"
    r"|a new (?:\S+ ){0,2}project\W*\Z"
    r"|a new (?:flutter|dart|nuxt|expo|ionic|rails|django|laravel|angular|electron|tauri|kotlin|react native)"
    r" (?:\w+ ){0,2}(?:project|plugin|package|module|app|application)\W*\Z"
    r"|(?:an?|my \w+) (?:vue|nuxt|react|angular|svelte|electron|next)(?:\.?js)? (?:project|application)"
    r"(?: with (?:react|vue|svelte|solid)(?: and typescript)?)?\W*\Z"
    r"|(?:add|write|give|put|insert|enter|provide) an? (?:\w+ ){0,2}(?:description|introduction|summary)"
    rf"(?: (?:of|for|about) (?:the|this|your|my) {PLACE})?(?: here)?\W*\Z"
    rf"|(?:describe|introduce) your {PLACE}(?: here)?\W*\Z|project description goes here\b"
    r"|\S+ created by github classroom\b"
    rf"|(?:a |the )?(?:short |brief )?description (?:of|for) (?:the|this|your|my) {PLACE}\W*\Z"
    r"|lorem ipsum dolor\b|your new,? (?:shiny )?\S+ (?:workspace|project) is\b"
    r"|you can find the most recent version of this guide\b)",
    re.IGNORECASE,
)
# The words of the templates themselves.
TEMPLATE = re.compile(
    r"\A\W*(?:getting started with create\b|this template (?:should help|provides a minimal setup)\b"
    r"|this is a starter template for \S+ projects?\W*\Z|(?:this is the |the )?official \S+ starter\b"
    r"|this project is a starting point for\b|a few resources to get you started\b"
    r"|a progressive node\.js framework\b|laravel is a web application framework with expressive\b"
    r"|this readme would normally document\b|things you may want to cover\b"
    r"|everything you need to build an? svelte\b|to start your phoenix server\b|now you can visit\b"
    r"|ready to run in production\b|behold my awesome project\b|(?:todo: )?welcome to your (?:new|\S+ project)\b"
    r"|put your ruby code in the file\b|delete this and the text (?:above|below)\b"
    r"|(?:this|it) is a blank project for (?:\S+ )?cdk\b|you should explore the contents of this project\b"
    r"|this project contains source code and supporting files for a serverless application\b"
    r"|well, that part is up to you\b|a sample command-line application with an entrypoint\b"
    r"|a starting point for dart\b|a library for dart developers\b|(?:an )?absolute bare-bones web app\b"
    r"|this project uses quarkus, the supersonic\b|this is a kotlin multiplatform project targeting\b"
    r"|in the project directory, you can run\b|this repository was created by github classroom\b"
    r"|an awesome readme template to jumpstart\b"
    r"|to make it easy for you to get started with gitlab\b|already a pro\b"
    r"|choose a self-explaining name for your project\b|let people know what your project can do\b"
    r"|this is the readme for your extension\b|after writing up a brief description\b"
    r"|this readme outlines the details of collaborating on\b|a short introduction of this app could\b"
    r"|this (?:project|repo\w*) (?:welcomes contributions and suggestions|has adopted the microsoft open source)\b"
    r"|this repo has been populated by an initial template\b"
    r"|this project demonstrates an? (?:basic|advanced) hardhat\b|this project showcases a hardhat\b"
    r"|kick off your project with this\b|this starter ships with\b|look at the nuxt\S* documentation\b"
    r"|python boilerplate contains all the boilerplate\b|nest framework typescript starter\b"
    r"|we try to keep this project as simple as possible\b|this project is using qwik with\b"
    r"|there are several ways of editing your application\b"
    r"|foundry is a blazing fast, portable\b|strapi comes with a full featured\b|seasoned astronaut\b)",
    re.IGNORECASE,
)


def is_placeholder(sentence: str) -> bool:
    """Tell whether a sentence names a generator, or that something is still to be written."""
    sentence = sentence[:MAX_LOOKED_AT]
    return GENERATED.match(sentence) is not None or PLACEHOLDER.match(sentence) is not None


def is_template(sentence: str) -> bool:
    """Tell whether a sentence stands in a template, which goes on after it."""
    return TEMPLATE.match(sentence[:MAX_LOOKED_AT]) is not None
